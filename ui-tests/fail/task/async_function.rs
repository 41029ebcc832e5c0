use concurrent_futures::prelude::*;

#[task]
async fn answer() -> u64 {
    42
}

fn main() {}
