use concurrent_futures::prelude::*;

#[task(name = "shop.answer", name = "answer")]
fn answer() -> u64 {
    42
}

fn main() {}
