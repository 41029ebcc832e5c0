use concurrent_futures::prelude::*;

#[task(memory = "lots")]
fn answer() -> u64 {
    42
}

fn main() {}
