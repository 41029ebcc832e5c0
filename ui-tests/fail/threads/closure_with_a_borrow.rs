use concurrent_futures::ThreadPool;

fn main() {
    let text = String::from("text");
    ThreadPool::new().spawn(|| text.len()).detach();
}
