use concurrent_futures::prelude::*;

mod parse {
    pub fn trimmed(text: &str) -> &str {
        text.trim()
    }
}

#[task]
fn parse(text: &str) -> usize {
    parse::trimmed(text).len()
}

fn main() {
    let _ = parse("one");
}
