use concurrent_futures::prelude::*;

#[task(crate = "concurrent_futures")]
fn answer() -> u64 {
    42
}

fn main() {}
