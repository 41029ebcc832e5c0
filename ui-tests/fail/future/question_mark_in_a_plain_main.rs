use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    let answer = pool.spawn(|| 42).result()?;
    assert_eq!(answer, 42);
}
