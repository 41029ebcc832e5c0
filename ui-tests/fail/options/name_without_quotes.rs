use concurrent_futures::prelude::*;

#[task(name = answer)]
fn answer() -> u64 {
    42
}

fn main() {}
