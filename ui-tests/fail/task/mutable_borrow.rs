use concurrent_futures::prelude::*;

#[task]
fn add(total: &mut u64, n: u64) {
    *total += n;
}

fn main() {}
