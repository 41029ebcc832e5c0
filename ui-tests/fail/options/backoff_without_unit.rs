use concurrent_futures::prelude::*;

#[task(backoff = 100)]
fn answer() -> u64 {
    42
}

fn main() {}
