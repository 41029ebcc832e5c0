use concurrent_futures::prelude::*;

#[task]
fn power(base: u64, exponent: u32) -> u64 {
    base.pow(exponent)
}

fn main() {
    power::submit(&Inline, 2).detach();
}
