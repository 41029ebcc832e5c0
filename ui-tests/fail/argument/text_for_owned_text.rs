use concurrent_futures::prelude::*;

#[task]
fn length(text: String) -> usize {
    text.len()
}

fn main() {
    length::submit(&Inline, "text").detach();
}
