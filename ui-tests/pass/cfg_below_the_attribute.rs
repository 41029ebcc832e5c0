//! What is left out of the program, a task of that name may be elsewhere.

use concurrent_futures::prelude::*;

#[task]
#[cfg(any())]
fn double(n: u64) -> u64 {
    n + n
}

#[task]
#[cfg(all())]
fn double(n: u64) -> u64 {
    n * 2
}

fn main() -> Result<(), TaskError> {
    assert_eq!(double::submit(&Inline, 4).result()?, 8);
    Ok(())
}
