//! Works on the executor that its environment names.

use concurrent_futures::prelude::*;

#[task]
fn whereabouts() -> u32 {
    std::process::id()
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool = Pool::from_env("EXECUTOR", "threads:2")?;
    let is_here = whereabouts::submit(&pool).result()? == std::process::id();
    println!("{pool}, {}", if is_here { "here" } else { "elsewhere" });
    Ok(())
}
