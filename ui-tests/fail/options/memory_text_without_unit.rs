use concurrent_futures::prelude::*;

#[task(memory = "512")]
fn answer() -> u64 {
    42
}

fn main() {}
