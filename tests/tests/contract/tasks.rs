//! The tasks that every executor can run, processes and clusters too.

use concurrent_futures::task;

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
