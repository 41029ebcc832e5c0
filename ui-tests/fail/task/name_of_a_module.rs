use concurrent_futures::prelude::*;

mod page {
    pub struct Page(pub String);
}

#[task]
fn page(url: String) -> page::Page {
    page::Page(url)
}

fn main() {}
