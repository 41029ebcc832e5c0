use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    let future = pool.scope(|scope| scope.spawn(move || scope));
    drop(future);
}
