use concurrent_futures::prelude::*;

#[task(timeout)]
fn answer() -> u64 {
    42
}

fn main() {}
