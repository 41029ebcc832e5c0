#![deny(unused_must_use)]

use concurrent_futures::ThreadPool;

fn main() {
    let pool = ThreadPool::new();
    pool.spawn(|| 42);
}
