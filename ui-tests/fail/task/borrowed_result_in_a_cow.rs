use std::borrow::Cow;

use concurrent_futures::prelude::*;

#[task]
fn trimmed(text: &str) -> Cow<'_, str> {
    text.trim().into()
}

fn main() {}
