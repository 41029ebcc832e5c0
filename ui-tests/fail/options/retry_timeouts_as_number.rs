use concurrent_futures::prelude::*;

#[task(retry_timeouts = 2)]
fn answer() -> u64 {
    42
}

fn main() {}
