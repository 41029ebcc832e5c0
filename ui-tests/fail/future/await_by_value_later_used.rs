use concurrent_futures::ThreadPool;

async fn twice(pool: &ThreadPool) -> u64 {
    let future = pool.spawn(|| 42);
    let first = future.await.unwrap();
    first + future.await.unwrap()
}

fn main() {
    let _ = twice;
}
