use concurrent_futures::prelude::*;

#[task(wrapper = "Answer")]
fn answer() -> u64 {
    42
}

fn main() {}
