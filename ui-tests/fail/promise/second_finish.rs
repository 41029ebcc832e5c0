use concurrent_futures::Promise;

fn main() {
    let (promise, _future) = Promise::new();
    promise.finish(Ok(1)).unwrap();
    promise.finish(Ok(2)).unwrap();
}
