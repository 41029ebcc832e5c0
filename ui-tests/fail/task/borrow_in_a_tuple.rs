use concurrent_futures::prelude::*;

#[task]
fn length(named: (u64, &[u8])) -> usize {
    named.1.len()
}

fn main() {}
