use std::error::Error;

use concurrent_futures::prelude::*;

#[task]
fn grade(points: u32) -> Result<char, String> {
    Err(format!("{points} points are too many"))
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let grade = grade::submit(&Inline, 101).try_result()?;
    println!("{grade}");
    Ok(())
}
