use concurrent_futures::prelude::*;

#[task]
fn str(n: u64) -> String {
    n.to_string()
}

fn length(text: &str) -> usize {
    text.len()
}

fn main() {
    assert_eq!(length("text"), 4);
}
