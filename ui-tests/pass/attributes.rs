//! Each attribute of a function does on a task what it does on the function.

#![deny(warnings)]

use concurrent_futures::prelude::*;

#[cfg(any())]
#[task]
fn above(n: u64) -> u64 {
    n + n
}

#[cfg(all())]
#[task]
fn above(n: u64) -> u64 {
    n * 2
}

#[task]
#[cfg_attr(all(), cfg(any()))]
fn behind_another(n: u64) -> u64 {
    n + n
}

#[task]
#[cfg_attr(all(), cfg(all()), inline)]
fn behind_another(n: u64) -> u64 {
    n * 2
}

#[task]
#[deprecated = "use `above`"]
fn old(n: u64) -> u64 {
    n
}

#[task]
#[cfg_attr(all(), deprecated(since = "0.1.0", note = "use `above`"))]
fn older(n: u64) -> u64 {
    n
}

/// Halves a number.
///
/// ```
/// assert_eq!(documented(4), 2);
/// ```
#[doc = "No more."]
#[doc(alias = "half")]
#[task]
fn documented(n: u64) -> u64 {
    n / 2
}

#[task]
#[must_use]
#[inline]
#[cold]
fn used(n: u64) -> u64 {
    n
}

#[task]
#[allow(unused_variables, non_snake_case)]
fn Allowed(unused: u64) -> u64 {
    let unused = 1;
    unused
}

#[task]
#[expect(unused_mut)]
fn expected(n: u64) -> u64 {
    let mut one = 1;
    n + one
}

#[task]
#[track_caller]
fn tracked(n: u64) -> u64 {
    n
}

fn main() -> Result<(), TaskError> {
    assert_eq!(above::submit(&Inline, 4).result()?, 8);
    assert_eq!(behind_another::submit(&Inline, 4).result()?, 8);
    #[allow(deprecated)]
    let olds = [old::submit(&Inline, 4), Inline.submit(older { n: 4 })];
    for old in olds {
        assert_eq!(old.result()?, 4);
    }
    assert_eq!(documented::submit(&Inline, 4).result()?, 2);
    assert_eq!(used::submit(&Inline, 4).result()?, used(4));
    assert_eq!(Allowed::submit(&Inline, 4).result()?, 1);
    assert_eq!(expected::submit(&Inline, 4).result()?, 5);
    assert_eq!(tracked::submit(&Inline, 4).result()?, 4);
    Ok(())
}
