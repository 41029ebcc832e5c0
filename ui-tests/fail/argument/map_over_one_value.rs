use concurrent_futures::prelude::*;

#[task]
fn power(base: u64, exponent: u32) -> u64 {
    base.pow(exponent)
}

fn main() {
    let _ = power::map(&Inline, 0..10, 2);
}
