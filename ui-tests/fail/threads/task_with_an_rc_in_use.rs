use std::rc::Rc;

use concurrent_futures::prelude::*;

#[task]
fn length(text: Rc<str>) -> usize {
    text.len()
}

fn main() {
    let pool = ThreadPool::new();
    length::submit(&pool, Rc::from("text")).detach();
    let _ = length::map(&pool, [Rc::from("text")]);
}
