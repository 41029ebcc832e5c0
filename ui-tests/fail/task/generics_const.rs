use concurrent_futures::prelude::*;

#[task]
fn zeros<const N: usize>() -> [u8; N] {
    [0; N]
}

fn main() {}
