use concurrent_futures::prelude::*;

#[task(memory = "99999999999GiB")]
fn answer() -> u64 {
    42
}

fn main() {}
