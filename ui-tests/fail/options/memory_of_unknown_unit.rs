use concurrent_futures::prelude::*;

#[task(memory = "512Mb")]
fn answer() -> u64 {
    42
}

fn main() {}
