use concurrent_futures::prelude::*;

#[task(memory = "1.5GiB")]
fn answer() -> u64 {
    42
}

fn main() {}
