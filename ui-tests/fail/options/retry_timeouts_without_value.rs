use concurrent_futures::prelude::*;

#[task(retries = 2, retry_timeouts)]
fn answer() -> u64 {
    42
}

fn main() {}
