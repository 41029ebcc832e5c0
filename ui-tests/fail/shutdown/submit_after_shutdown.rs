use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    pool.shutdown();
    pool.spawn(|| 42).detach();
}
