use concurrent_futures::Promise;

fn main() {
    let (promise, _future) = Promise::<u64>::new();
    promise.finish(42).unwrap();
}
