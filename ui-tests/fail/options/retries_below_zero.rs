use concurrent_futures::prelude::*;

#[task(retries = -1)]
fn answer() -> u64 {
    42
}

fn main() {}
