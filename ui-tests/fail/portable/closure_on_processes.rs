use concurrent_futures::prelude::*;

fn main() {
    let pool = ProcessPool::new().unwrap();
    pool.spawn(|| 6 * 7).detach();
}
