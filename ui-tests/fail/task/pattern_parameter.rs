use concurrent_futures::prelude::*;

#[task]
fn sum((left, right): (u64, u64)) -> u64 {
    left + right
}

fn main() {}
