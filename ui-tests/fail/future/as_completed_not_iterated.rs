#![deny(unused_must_use)]

use concurrent_futures::prelude::*;

fn main() {
    let pool = ThreadPool::new();
    as_completed([pool.spawn(|| 42)]);
}
