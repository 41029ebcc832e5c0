use concurrent_futures::prelude::*;

#[task]
fn numbers() -> Option<impl Iterator<Item = u64>> {
    Some(0..3)
}

fn main() {}
