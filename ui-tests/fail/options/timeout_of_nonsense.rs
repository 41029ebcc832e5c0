use concurrent_futures::prelude::*;

#[task(timeout = "soon")]
fn answer() -> u64 {
    42
}

fn main() {}
