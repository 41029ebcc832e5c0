use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    let answer = pool.spawn(|| 42).try_result();
    assert!(answer.is_ok());
}
