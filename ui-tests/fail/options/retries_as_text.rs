use concurrent_futures::prelude::*;

#[task(retries = "2")]
fn answer() -> u64 {
    42
}

fn main() {}
