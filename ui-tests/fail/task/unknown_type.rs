use concurrent_futures::prelude::*;

#[task]
fn show(page: Pagee) -> String {
    page.to_string()
}

fn main() {}
