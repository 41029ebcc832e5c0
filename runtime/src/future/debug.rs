//! How a call shows itself in `{:?}`: which one, and how it stands.

use std::fmt;

use super::{Future, SharedFuture, cell::Hold};

/// Writes `kind { id, task, state }`.
pub(super) fn describe(kind: &str, hold: &Hold, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write(kind, hold, &state(hold), f)
}

/// Writes the state of a future, who alone may look at the outcome.
fn describe_future<T>(kind: &str, future: &Future<T>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let hold = future.hold();
    let is_there = hold.state.see().is_settled() && !hold.state.see().is_taken();
    match is_there.then(|| future.end.look()) {
        Some(Err(error)) => write(kind, hold, &error.kind(), f),
        _ => describe(kind, hold, f),
    }
}

fn write(
    kind: &str,
    hold: &Hold,
    state: &dyn fmt::Display,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    f.debug_struct(kind)
        .field("id", &format_args!("{}", hold.id))
        .field("task", &format_args!("{}", hold.name()))
        .field("state", &format_args!("{state}"))
        .finish()
}

fn state(hold: &Hold) -> &'static str {
    let seen = hold.state.see();
    if seen.is_cancelled() {
        "cancelled"
    } else if hold.is_running() {
        "running"
    } else if seen.is_pending() {
        "pending"
    } else if seen.is_failed() {
        "failed"
    } else {
        "finished"
    }
}

impl<T> fmt::Debug for Future<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe_future("Future", self, f)
    }
}

impl<T> fmt::Debug for SharedFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe_future("SharedFuture", self, f)
    }
}
