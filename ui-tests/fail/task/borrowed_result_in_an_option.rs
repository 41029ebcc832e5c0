use concurrent_futures::prelude::*;

#[task]
fn first(words: &[String]) -> Option<&String> {
    words.first()
}

fn main() {}
