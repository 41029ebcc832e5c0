use concurrent_futures::Promise;

fn main() {
    let (promise, _future) = Promise::new();
    promise.finish(Ok(1)).unwrap();
    promise.run(|| 2);
}
