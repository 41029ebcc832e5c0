use concurrent_futures::prelude::*;

#[task]
fn power(base: u64, exp: u32) -> u64 {
    base.pow(exp)
}

fn main() {
    let pool = ThreadPool::new();
    pool.submit(power, 3, 4).detach();
}
