use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    pool.scope(|scope| {
        let inside = String::from("gone before the closure has run");
        scope.spawn(|| inside.len()).detach();
    });
}
