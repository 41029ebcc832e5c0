use concurrent_futures::prelude::*;

fn main() {
    let pool = ThreadPool::new();
    pool.submit(|| 6 * 7).detach();
}
