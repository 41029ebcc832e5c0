use concurrent_futures::prelude::*;

#[task]
unsafe fn answer() -> u64 {
    42
}

fn main() {}
