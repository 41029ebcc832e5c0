//! A `main` that returns a result, and tasks named like what a program uses.

use std::error::Error;

use concurrent_futures::prelude::*;

#[task]
fn result(future: u64) -> u64 {
    future
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let pool = ThreadPool::new();
    assert_eq!(result::submit(&pool, 42).result()?, 42);
    Ok(())
}
