//! The tasks that every executor can run, processes and clusters too.

use std::{process, thread};

use concurrent_futures::task;
use tests::far::{FileGate, FileTally};

#[task]
pub(crate) fn double(n: u64) -> u64 {
    n * 2
}

#[task]
pub(crate) fn add(left: u64, right: u64) -> u64 {
    left + right
}

#[task]
pub(crate) fn parse(text: String) -> Result<u64, String> {
    text.parse().map_err(|error| format!("{error}: {text}"))
}

#[task]
pub(crate) fn answer() -> u64 {
    42
}

/// Panics at every tenth number, from the third on.
#[task]
pub(crate) fn stumble(n: u64) -> u64 {
    assert!(n % 10 != 3, "stumbled at {n}");
    n
}

/// Leaves a number for the test.
#[task]
pub(crate) fn note(tally: &FileTally, n: u64) {
    tally.note(n);
}

#[task]
pub(crate) fn fail_after(gate: &FileGate) -> u64 {
    gate.pass();
    panic!("out of paper")
}

/// The worker that runs it: its process, and its thread there.
#[task]
pub(crate) fn whereabouts() -> (u32, String) {
    let thread = thread::current().id();
    (process::id(), format!("{thread:?}"))
}

#[task]
pub(crate) fn whereabouts_after(gate: &FileGate) -> (u32, String) {
    gate.pass();
    whereabouts()
}

/// Its parameters are named like what the macro may use inside.
#[task]
pub(crate) fn odd(
    self_: u64,
    executor: u64,
    args: u64,
    task: u64,
    call: u64,
    options: u64,
    iter: u64,
) -> u64 {
    [self_, executor, args, task, call, options, iter]
        .iter()
        .fold(0, |sum, digit| sum * 10 + digit)
}

/// Its parameter bears its own name.
#[task]
pub(crate) fn eponym(eponym: u64) -> u64 {
    eponym + 1
}
