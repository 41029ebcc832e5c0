use concurrent_futures::prelude::*;

#[task]
fn length(text: &str) -> usize {
    text.len()
}

fn main() {
    let _ = length::map(&Inline, [1, 2]);
}
