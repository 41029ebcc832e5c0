//! What `#[task]` writes raises no lint of clippy's, however strict: this file is linted with the
//! step `clippy`.
//!
//! A function that is no task would have to be as it is here, too.

#![warn(clippy::pedantic, clippy::nursery)]
// About functions, which are as a user writes them.
#![allow(
    unreachable_pub,
    clippy::missing_const_for_fn,
    clippy::trivially_copy_pass_by_ref
)]

use concurrent_futures::prelude::*;
use serde::{Deserialize, Serialize};
use tests::Soon;

/// Adds.
#[task(
    timeout = "5s",
    memory = "1 GiB",
    retries = 1,
    backoff = "10ms",
    retry_timeouts = true
)]
#[must_use]
pub const fn add(a: u64, b: &u64) -> u64 {
    a + *b
}

/// Parses.
///
/// # Errors
///
/// If it is no number.
#[task(name = "strict_clippy_parse")]
pub fn parse(text: &str) -> Result<u64, PortableError> {
    Ok(text.parse()?)
}

/// Takes much.
#[task]
#[must_use]
#[allow(clippy::too_many_arguments, clippy::fn_params_excessive_bools)]
pub fn much(
    one: u8,
    two: &[u8],
    three: &str,
    four: Option<u64>,
    five: bool,
    six: bool,
    seven: bool,
    eight: bool,
) -> usize {
    let flags = [five, six, seven, eight].map(usize::from);
    let sum = usize::from(one) + two.len() + three.len() + flags.iter().sum::<usize>();
    sum + usize::from(four.is_some())
}

/// Is old.
#[task]
#[must_use]
#[deprecated = "it is old"]
pub const fn old(number: u64) -> u64 {
    number
}

#[task]
const fn r#fn(r#type: u64) -> u64 {
    r#type
}

#[task]
#[cfg(not(doc))]
const fn conditional((a, b): (u64, u64)) -> u64 {
    a + b
}

/// Makes tasks, whose docs are given.
macro_rules! tasks {
    ($(
        $(#[$doc:meta])*
        $vis:vis $name:ident($($arg:ident: $ty:ty),*) -> $out:ty $body:block
    )*) => {$(
        $(#[$doc])*
        #[task]
        $vis fn $name($($arg: $ty),*) -> $out $body
    )*};
}

tasks! {
    /// Made by a macro.
    #[must_use]
    pub made(number: u64, text: &str) -> u64 { number + u64::from(!text.is_empty()) }
    /// Made by a macro, and may fail.
    ///
    /// # Errors
    ///
    /// Of zero.
    pub made_fallible(number: u64) -> Result<u64, String> {
        number.checked_sub(1).ok_or_else(String::new)
    }
}

/// Makes a whole task, docs and all.
macro_rules! whole {
    ($name:ident) => {
        /// A whole one.
        ///
        /// # Errors
        ///
        /// Of zero.
        #[task]
        pub fn $name(number: u64, text: &str) -> Result<u64, String> {
            number.checked_sub(1).ok_or_else(|| text.to_owned())
        }
    };
}

whole!(whole_task);

/// The same, with a name of its own.
macro_rules! hidden {
    () => {
        /// A hidden one.
        ///
        /// # Errors
        ///
        /// Of zero.
        #[task]
        pub fn hidden(number: u64) -> Result<u64, String> {
            number.checked_sub(1).ok_or_else(String::new)
        }
    };
}

hidden!();

#[derive(Serialize, Deserialize)]
struct Holder(u64);

impl Holder {
    fn method(&self) -> Result<u64, TaskError> {
        #[task]
        fn in_a_method(number: u64) -> u64 {
            #[task]
            const fn in_a_task(number: u64) -> u64 {
                number
            }
            in_a_task::submit(&Inline, number)
                .soon()
                .unwrap_or_default()
        }
        in_a_method::submit(&Inline, self.0).soon()
    }
}

#[test]
#[allow(deprecated)]
fn tasks_of_a_strict_module_run() {
    assert!(add::submit(&Inline, 1, 2).soon().unwrap_err().is_rejected());
    assert_eq!(parse::submit(&Inline, "12").soon().unwrap().unwrap(), 12);
    let much = much::submit(&Inline, 1, [2], "3", None, true, true, false, false);
    assert_eq!(much.soon().unwrap(), 5);
    assert_eq!(old::submit(&Inline, 7).soon().unwrap(), 7);
    assert_eq!(r#fn::map(&Inline, 0..3).into_vec().unwrap(), [0, 1, 2]);
    assert_eq!(conditional::submit(&Inline, (1, 2)).soon().unwrap(), 3);
    assert_eq!(made::submit(&Inline, 1, "a").soon().unwrap(), 2);
    assert_eq!(made_fallible::submit(&Inline, 1).soon().unwrap(), Ok(0));
    assert_eq!(whole_task::submit(&Inline, 1, "a").soon().unwrap(), Ok(0));
    assert_eq!(hidden::submit(&Inline, 2).soon().unwrap(), Ok(1));
    assert_eq!(Holder(7).method().unwrap(), 7);
}
