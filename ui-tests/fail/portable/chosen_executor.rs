use std::thread::{self, Thread};

use concurrent_futures::prelude::*;

#[task]
fn name(thread: Thread) -> Option<String> {
    thread.name().map(str::to_owned)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool: Pool = "threads".parse()?;
    name::submit(&pool, thread::current()).detach();
    Ok(())
}
