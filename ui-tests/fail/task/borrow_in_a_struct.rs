use concurrent_futures::prelude::*;

struct Words<'a>(&'a str);

#[task]
fn count(words: Words<'_>) -> usize {
    words.0.split(' ').count()
}

fn main() {}
