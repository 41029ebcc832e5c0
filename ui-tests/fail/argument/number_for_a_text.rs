use concurrent_futures::prelude::*;

#[task]
fn length(text: &str) -> usize {
    text.len()
}

fn main() {
    length::submit(&Inline, 42).detach();
}
