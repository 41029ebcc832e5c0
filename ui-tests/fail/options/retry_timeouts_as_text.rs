use concurrent_futures::prelude::*;

#[task(retry_timeouts = "yes")]
fn answer() -> u64 {
    42
}

fn main() {}
