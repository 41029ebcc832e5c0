use std::rc::Rc;

use concurrent_futures::prelude::*;

#[task]
fn shared(text: &str) -> Rc<str> {
    text.into()
}

fn main() {}
