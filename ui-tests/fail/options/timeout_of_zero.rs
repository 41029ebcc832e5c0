use concurrent_futures::prelude::*;

#[task(timeout = "0s")]
fn answer() -> u64 {
    42
}

fn main() {}
