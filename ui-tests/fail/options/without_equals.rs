use concurrent_futures::prelude::*;

#[task(timeout 5)]
fn answer() -> u64 {
    42
}

fn main() {}
