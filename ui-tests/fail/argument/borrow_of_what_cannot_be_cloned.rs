use concurrent_futures::prelude::*;

struct Page(String);

#[task]
fn length(page: &Page) -> usize {
    page.0.len()
}

fn main() {
    length::submit(&Inline, &Page("text".to_owned())).detach();
}
