use concurrent_futures::prelude::*;

#[task]
#[task(name = "answer")]
fn answer() -> u64 {
    42
}

fn main() {}
