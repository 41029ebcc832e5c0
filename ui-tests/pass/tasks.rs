//! Tasks of all shapes.

#![deny(warnings, missing_docs, unreachable_pub)]

use concurrent_futures::prelude::*;

/// Docs, visibility and lints go with the function.
#[task]
pub(crate) fn documented(n: u64) -> u64 {
    n
}

#[task]
fn without_parameters() -> u64 {
    42
}

#[task]
fn without_result(n: u64) {
    assert_eq!(n, 1);
}

#[task]
fn with_result(text: String) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

#[task]
fn mutable(mut n: u64) -> u64 {
    n += 1;
    n
}

#[task]
fn r#match(r#type: u64) -> u64 {
    r#type
}

mod other {
    use concurrent_futures::prelude::*;

    #[task]
    pub(super) fn documented(n: u64) -> u64 {
        n + 1
    }
}

fn one() -> u64 {
    #[task]
    fn local() -> u64 {
        1
    }
    local::submit(&Inline).result().unwrap()
}

fn two() -> u64 {
    #[task]
    fn local() -> u64 {
        2
    }
    local::submit(&Inline).result().unwrap()
}

fn main() {
    assert_eq!(documented::submit(&Inline, 1).result().unwrap(), 1);
    assert_eq!(other::documented::submit(&Inline, 1).result().unwrap(), 2);
    assert_eq!(without_parameters::submit(&Inline).result().unwrap(), 42);
    without_result::submit(&Inline, 1).result().unwrap();
    assert_eq!(with_result::submit(&Inline, "1".to_owned()).try_result().unwrap(), 1);
    assert_eq!(mutable::submit(&Inline, 1).result().unwrap(), 2);
    assert_eq!(r#match::submit(&Inline, 3).result().unwrap(), 3);
    assert_eq!((one(), two()), (1, 2));
    assert_eq!(Inline.submit(documented { n: 4 }).result().unwrap(), documented(4));
}
