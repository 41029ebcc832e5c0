//! Tasks of several topics.

use concurrent_futures::task;
use tests::far::{Death, FileGate, FileTally};

/// The id of the worker.
#[task]
pub(crate) fn who() -> u32 {
    std::process::id()
}

/// Notes a number, and returns it.
#[task]
pub(crate) fn note(tally: &FileTally, number: u64) -> u64 {
    tally.note(number);
    number
}

/// Notes a number, and ends the worker until it was noted so often; returns it then.
#[task]
pub(crate) fn survive(log: &FileTally, number: u64, attempts: usize) -> u64 {
    log.note(number);
    let notes = log.notes();
    if notes.iter().filter(|noted| **noted == number).count() < attempts {
        Death::Kill.now();
    }
    number
}

/// Ends the worker.
#[task]
pub(crate) fn die(how: Death) {
    how.now()
}

/// Notes which worker it is, passes a gate, and returns a number.
#[task]
pub(crate) fn hold(gate: &FileGate, pid: &FileTally, number: u64) -> u64 {
    pid.note(std::process::id().into());
    gate.pass();
    number
}
