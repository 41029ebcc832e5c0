//! The library has another name, or is found inside of another crate.

#![deny(warnings)]

extern crate concurrent_futures as futures_of_ours;

mod framework {
    pub(crate) mod concurrency {
        pub(crate) use concurrent_futures::*;
    }
}

use framework::concurrency::{Inline, TaskError, task};

#[task(crate = futures_of_ours)]
fn renamed(n: u64) -> Result<u64, std::num::TryFromIntError> {
    u8::try_from(n).map(u64::from)
}

#[task(crate = crate::framework::concurrency)]
fn exported_again(text: &str) -> usize {
    text.len()
}

#[futures_of_ours::main(crate = futures_of_ours)]
fn main() -> Result<(), TaskError> {
    assert!(renamed::submit(&Inline, 256).result()?.is_err());
    assert_eq!(exported_again::submit(&Inline, "a").result()?, 1);
    assert_eq!(exported_again::map(&Inline, ["a", "bb"]).into_vec()?, [1, 2]);
    Ok(())
}
