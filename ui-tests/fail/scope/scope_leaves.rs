use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    let scope = pool.scope(|scope| scope);
    scope.spawn(|| ()).detach();
}
