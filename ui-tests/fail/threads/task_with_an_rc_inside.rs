use std::rc::Rc;

use concurrent_futures::prelude::*;

struct Page {
    text: Rc<str>,
}

#[task]
fn length(page: Page) -> usize {
    page.text.len()
}

fn main() {}
