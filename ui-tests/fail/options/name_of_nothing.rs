use concurrent_futures::prelude::*;

#[task(name = "")]
fn answer() -> u64 {
    42
}

fn main() {}
