use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    let future = pool.spawn(|| String::from("text"));
    let text = future.get().unwrap();
    let owned = future.result().unwrap();
    assert_eq!(*text, owned);
}
