//! The output of the scheduler: what its caller must do once the lock is free.

use std::sync::Arc;

use crossbeam_channel::Sender;

use super::encoded_call::{CallAnswers, EncodedCall};
use crate::processes::{
    parent::handle::{logged::Logged, outbox::Outbox},
    wire::identity::WorkerId,
};

/// An event to report to a call or to the pool, on a thread that may run user code.
pub(crate) enum Completion {
    /// A worker has started it.
    Started(Arc<EncodedCall>),
    /// An item of it waits for its next attempt.
    BackingOff(Arc<EncodedCall>),
    /// Every item has an answer.
    Answered(Arc<EncodedCall>, CallAnswers),
    /// Its worker was killed to end it.
    Aborted(Arc<EncodedCall>),
    /// A worker has run its initializer, with this result.
    Initialized(WorkerId, Vec<u8>),
    /// A worker has written this to standard error.
    Stderr(Vec<u8>),
    /// A worker has logged this record.
    Logged(Box<Logged>),
    /// The pool is broken, for this reason.
    Broken(String),
    /// Wakes a waiter once all completions before it were taken by a thread.
    Barrier(Sender<()>),
}

/// What the caller must do once the lock is free: the output of the sans-IO scheduler.
#[derive(Default)]
#[must_use]
pub(crate) struct Effects {
    /// To be reported, in this order.
    pub(crate) completions: Vec<Completion>,
    /// Outboxes with bytes to send.
    pub(crate) flush: Vec<Arc<Outbox>>,
    /// Workers to spawn.
    pub(crate) spawn: Vec<WorkerId>,
    /// The reactor must run the timers again.
    pub(crate) wake: bool,
    /// It must do so in a moment: a claim word is in use, because its worker is between its answer
    /// and the end of its claim.
    pub(crate) claim_in_use: bool,
    /// Every call is settled: wake the threads that wait for that.
    pub(crate) idle: bool,
    /// The pool has just become broken.
    pub(crate) broken: bool,
}

impl Effects {
    pub(crate) fn complete(&mut self, completion: Completion) {
        self.completions.push(completion);
    }

    pub(super) fn add_flush(&mut self, outbox: &Arc<Outbox>) {
        if !self.flush.iter().any(|other| Arc::ptr_eq(other, outbox)) {
            self.flush.push(outbox.clone());
        }
    }
}
