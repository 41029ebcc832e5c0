use concurrent_futures::prelude::*;

fn main() {
    let pool = ThreadPool::new();
    let other = pool.clone();
    std::thread::spawn(move || other.spawn(|| 6 * 7).detach());
}
