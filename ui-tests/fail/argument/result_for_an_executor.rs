use concurrent_futures::prelude::*;

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

fn main() {
    let pool = ProcessPool::new();
    double::submit(&pool, 4).detach();
}
