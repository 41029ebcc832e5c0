use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    let mut count = 0;
    pool.scope(|scope| {
        scope.spawn(|| count += 1).detach();
        scope.spawn(|| count += 1).detach();
    });
}
