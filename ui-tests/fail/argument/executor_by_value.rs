use concurrent_futures::prelude::*;

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

fn main() {
    let pool = ThreadPool::new();
    double::submit(pool, 2).detach();
}
