use concurrent_futures::prelude::*;

#[task]
fn sum(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}

fn main() {
    sum::submit(&Inline, vec![1.5, 2.5]).detach();
}
