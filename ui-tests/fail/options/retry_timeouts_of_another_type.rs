use concurrent_futures::prelude::*;

const RETRY: u32 = 1;

#[task(retry_timeouts = RETRY)]
fn answer() -> u64 {
    42
}

fn main() {}
