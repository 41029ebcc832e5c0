use concurrent_futures::{Executor, prelude::*};

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

fn start(pool: &dyn Executor) {
    double::submit(pool, 4).detach();
}

fn main() {
    start(&ThreadPool::new());
}
