use std::rc::Rc;

use concurrent_futures::prelude::*;

#[task]
fn length(text: Rc<str>) -> usize {
    text.len()
}

fn main() {}
