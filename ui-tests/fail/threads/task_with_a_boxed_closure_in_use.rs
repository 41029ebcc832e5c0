use concurrent_futures::prelude::*;

#[task]
fn repeated(times: u32, step: Box<dyn Fn() -> u32>) -> u32 {
    (0..times).map(|_| step()).sum()
}

fn main() {
    let pool = ThreadPool::new();
    repeated::submit(&pool, 2, Box::new(|| 1)).detach();
}
