use concurrent_futures::prelude::*;

const FIRST: u64 = 100;

#[task(backoff = FIRST)]
fn answer() -> u64 {
    42
}

fn main() {}
