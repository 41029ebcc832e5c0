#![deny(unused_must_use)]

use concurrent_futures::prelude::*;

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

fn main() {
    double { n: 21 };
}
