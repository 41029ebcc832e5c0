//! How a call ended, and what stays behind of a call that has become bytes.

use std::{any::Any, time::Instant};

use crate::{error::TaskError, task::Ticket};

/// How a call ended, unless it was cancelled.
pub(crate) type Outcome<T> = Result<T, TaskError>;

/// What is known of an outcome without its type.
pub(crate) struct Ran {
    pub(super) failed: bool,
    /// Given back last, when this thread has finished with the outcome.
    pub(super) ticket: Option<Ticket>,
}

impl Ran {
    /// For a call that ran and carried this ticket.
    #[inline]
    pub(crate) fn new<T>(outcome: &Outcome<T>, failed: bool, ticket: Option<Ticket>) -> Self {
        if let (Err(error), Some(ticket)) = (outcome, &ticket) {
            ticket.note_panic(error);
        }
        Self { failed, ticket }
    }

    /// For a call that did not run.
    pub(super) fn not(failed: bool) -> Self {
        Self {
            failed,
            ticket: None,
        }
    }
}

/// The part of an encoded call that stays in this process, its type erased.
pub(crate) type RetainedBox = Box<dyn Any + Send>;

/// What is left of a call that has become parts.
pub(super) struct Lifted {
    pub(super) retained: RetainedBox,
    /// No part of the call may start after this moment.
    pub(super) deadline: Option<Instant>,
}
