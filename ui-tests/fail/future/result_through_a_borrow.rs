use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    let futures = vec![pool.spawn(|| 1), pool.spawn(|| 2)];
    for future in &futures {
        let _ = future.result();
    }
}
