use concurrent_futures::prelude::*;

#[task(wrapper = tasks::Answer)]
fn answer() -> u64 {
    42
}

fn main() {}
