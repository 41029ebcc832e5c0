use concurrent_futures::prelude::*;

const LIMIT: u64 = 5;

#[task(timeout = LIMIT)]
fn answer() -> u64 {
    42
}

fn main() {}
