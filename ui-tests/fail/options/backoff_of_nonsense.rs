use concurrent_futures::prelude::*;

#[task(backoff = "soon")]
fn answer() -> u64 {
    42
}

fn main() {}
