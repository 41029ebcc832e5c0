use concurrent_futures::prelude::*;

#[task]
fn power(base: u64, exponent: u32) -> u64 {
    base.pow(exponent)
}

fn main() {
    Inline.submit(power { base: 2 }).detach();
}
