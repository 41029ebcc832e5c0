use std::error::Error;

use concurrent_futures::prelude::*;

#[task]
fn parse(text: &str) -> Result<u64, Box<dyn Error>> {
    Ok(text.parse()?)
}

fn main() {
    let pool = ThreadPool::new();
    parse::submit(&pool, "42").detach();
}
