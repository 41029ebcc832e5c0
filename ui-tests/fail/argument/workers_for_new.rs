use concurrent_futures::prelude::*;

fn main() {
    let pool = ThreadPool::new(8);
    pool.spawn(|| 6 * 7).detach();
}
