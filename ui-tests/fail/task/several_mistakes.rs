use concurrent_futures::prelude::*;

#[task]
fn longest(texts: &[String], (least, most): (usize, usize)) -> &'static str {
    let _ = (texts, least, most);
    "text"
}

fn main() {
    // The function is there all the same: its use is no further mistake.
    let _ = longest(&[], (0, 1));
}
