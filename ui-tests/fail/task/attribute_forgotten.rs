use concurrent_futures::prelude::*;

fn word_count(text: &str) -> usize {
    text.split_whitespace().count()
}

fn main() {
    word_count::submit(&Inline, "one two").detach();
}
