use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    pool.shutdown_detached();
    pool.shutdown();
}
