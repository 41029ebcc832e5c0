use concurrent_futures::prelude::*;

#[task]
fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

fn main() {}
