use concurrent_futures::prelude::*;

#[task]
struct Call {
    n: u64,
}

fn main() {}
