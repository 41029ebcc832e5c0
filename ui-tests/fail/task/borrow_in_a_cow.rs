use std::borrow::Cow;

use concurrent_futures::prelude::*;

#[task]
fn length(text: Cow<'_, str>) -> usize {
    text.len()
}

fn main() {}
