use concurrent_futures::prelude::*;

struct Pages;

impl Pages {
    #[task]
    fn count(text: &str) -> usize {
        text.len()
    }
}

fn main() {
    let _ = Pages::count("one");
}
