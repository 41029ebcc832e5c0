use concurrent_futures::prelude::*;

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

fn main() {
    let pool = ThreadPool::new();
    let _ = double::map(&pool, 0..3).collect::<Vec<u64>>();
}
