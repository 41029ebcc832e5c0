//! Types that the macro cannot see through, and traits of the user's for all types.

#![deny(warnings)]

use concurrent_futures::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug)]
struct Report<C>(C);

/// Has two parameters, and another error than the second of them.
type Result<T, C> = core::result::Result<T, Report<C>>;

#[task]
fn reported(n: u64) -> Result<u64, String> {
    if n == 0 { Err(Report("none".to_owned())) } else { Ok(n) }
}

#[derive(Serialize, Deserialize)]
struct Token<'a> {
    name: &'a str,
}

#[task]
fn token(n: u8) -> Token<'static> {
    Token { name: if n == 0 { "none" } else { "some" } }
}

macro_rules! length_of {
    ($name:ident, $borrowed:ty) => {
        #[task]
        fn $name(value: &$borrowed) -> usize {
            value.len()
        }
    };
}

length_of!(of_text, str);
length_of!(of_bytes, [u8]);
length_of!(of_numbers, Vec<u64>);

#[task]
#[allow(non_snake_case)]
fn in_capitals(N: usize) -> usize {
    N
}

/// Methods of every type, named like what a probe might look for.
#[allow(dead_code)]
trait Blanket: Sized {
    const RUN: u8 = 1;

    fn is_failure(&self) -> bool {
        true
    }

    fn way(self) -> Self {
        self
    }

    fn own(self) -> Self {
        self
    }
}

impl<T> Blanket for T {}

fn main() -> core::result::Result<(), Box<dyn std::error::Error>> {
    assert_eq!(reported::submit(&Inline, 1).result()?.unwrap(), 1);
    assert_eq!(reported::submit(&Inline, 0).result()?.unwrap_err().0, "none");
    assert_eq!(token::submit(&Inline, 1).result()?.name, "some");
    assert_eq!(of_text::submit(&Inline, "abc").result()?, 3);
    assert_eq!(of_bytes::submit(&Inline, b"abc").result()?, 3);
    assert_eq!(of_numbers::submit(&Inline, vec![1, 2]).result()?, 2);
    assert_eq!(in_capitals::submit(&Inline, 1).result()?, 1);
    Ok(())
}
