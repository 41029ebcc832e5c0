use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    let future = pool.spawn(|| 42);
    let _ = future.result();
    let _ = future.result();
}
