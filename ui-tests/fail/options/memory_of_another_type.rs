use concurrent_futures::prelude::*;

const LIMIT: &str = "512MiB";

#[task(memory = LIMIT)]
fn answer() -> u64 {
    42
}

fn main() {}
