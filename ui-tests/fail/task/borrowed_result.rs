use concurrent_futures::prelude::*;

#[task]
fn text() -> &'static str {
    "text"
}

fn main() {}
