use concurrent_futures::prelude::*;

#[task(colour = "red")]
fn answer() -> u64 {
    42
}

fn main() {}
