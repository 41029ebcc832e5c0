use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    let text = String::from("shorter than a callback may live");
    pool.scope(|scope| {
        let future = scope.spawn(|| &text[1..]);
        future.add_done_callback(|_| ());
    });
}
