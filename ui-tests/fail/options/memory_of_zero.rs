use concurrent_futures::prelude::*;

#[task(memory = "0B")]
fn answer() -> u64 {
    42
}

fn main() {}
