//! The `Debug` text of a call's handles: id, task and state.

use std::fmt;

use super::{handle::Future, shared::SharedFuture};
use crate::cell::CellRef;

/// Writes `kind { id, task, state }`.
pub(super) fn describe(kind: &str, cell: &CellRef, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write(kind, cell, &state(cell), f)
}

/// As [`describe`], with the kind of error: the future alone may look at the outcome.
fn describe_future<T>(kind: &str, future: &Future<T>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let cell = future.cell();
    let is_there = cell.state.load().is_settled() && !cell.state.load().is_taken();
    match is_there.then(|| future.end.look()) {
        Some(Err(error)) => write(kind, cell, &error.kind(), f),
        _ => describe(kind, cell, f),
    }
}

fn write(
    kind: &str,
    cell: &CellRef,
    state: &dyn fmt::Display,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    f.debug_struct(kind)
        .field("id", &format_args!("{}", cell.id))
        .field("task", &format_args!("{}", cell.name()))
        .field("state", &format_args!("{state}"))
        .finish()
}

fn state(cell: &CellRef) -> &'static str {
    let seen = cell.state.load();
    if seen.is_cancelled() {
        "cancelled"
    } else if cell.is_running() {
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
