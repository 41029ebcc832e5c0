use concurrent_futures::{Submit, prelude::*};

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

fn start(pool: Box<dyn Submit>) {
    double::submit(&pool, 4).detach();
}

fn main() {
    start(Box::new(ThreadPool::new()));
}
