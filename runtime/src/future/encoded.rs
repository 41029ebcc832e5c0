//! A call that goes to another process: out of its cell, and its answer back in.
//!
//! ```text
//!   lift, encode     start         answer, or fail
//!     Pending -----> Running ----> Done, Settled
//!      LIFTED
//! ```
//!
//! A lifted call is pending like any other: it can be cancelled, and then its bytes are
//! of no use to anybody. Who has them is the executor's business.

use std::{sync::Arc, time::Instant};

use super::{
    cell::CellRef,
    remote_cancel::RemoteCancel,
    settle::{WorkerHint, ignore_hint},
    vtable::{Lifted, RetainedBox},
};
use crate::{
    error::TaskError,
    portable::Parts,
    task::{AnswerSource, Entry, NoAnswers},
    worker_context,
};

/// The worker's end of a call that travels as bytes.
pub(crate) struct EncodedEnd {
    cell: CellRef,
    retained: Option<RetainedBox>,
    /// When nothing of it is to start any more.
    deadline: Option<Instant>,
}

impl CellRef {
    /// The task of a call that can go to another process.
    pub(crate) fn entry(&self) -> Option<&'static Entry> {
        self.vtable.wire.map(|wire| (wire.entry)())
    }

    /// Turns the pending call into parts; `None` if it is not pending, or has just failed.
    pub(crate) fn encode(self, parts: &mut Parts) -> Option<EncodedEnd> {
        let Some(wire) = self.vtable.wire else {
            self.fail(TaskError::rejected(
                "call cannot leave its process; give its executor calls of `#[task]` functions",
            ));
            return None;
        };
        if !self.state.lift() {
            return None;
        }
        // From here on the call is away, and fails if it does not come back.
        let mut encoded = EncodedEnd {
            cell: self,
            retained: None,
            deadline: None,
        };
        encoded.cell.tracker.write();
        let len = parts.len();
        // SAFETY: `lift` gave the call in the slot to us; the table is the cell's own.
        match unsafe { (wire.encode)(encoded.cell.0, parts) } {
            Ok(Lifted { retained, deadline }) => {
                encoded.retained = Some(retained);
                encoded.deadline = deadline;
            }
            Err(error) => {
                parts.truncate(len);
                encoded.fail(error);
                return None;
            }
        }
        if parts.len() == len {
            // All that it is made of has failed by itself: there is nothing to send.
            encoded.answer(&mut NoAnswers, &mut ignore_hint);
            return None;
        }
        Some(encoded)
    }

    /// Starts a lifted call, whose worker is elsewhere; true also if it was started before.
    pub(crate) fn start_remote(&self) -> bool {
        if self.start() {
            // It runs elsewhere: any thread here may wait for it.
            self.unmark_runner();
            return true;
        }
        // Nobody but the executor that has its bytes starts a call that was lifted.
        self.state.load().is_running()
    }

    /// Notes that a worker elsewhere has started the call, without a change of state: it may be pending again. What was
    /// kept while it is pending goes.
    pub(crate) fn note_start(&self) {
        if self.state.load().is_watched() {
            let guards = self.extras.watchers().lock().take_guards();
            self.tell_all(guards);
        }
        if let Some(clock) = self.extras.clock() {
            clock.note_start();
        }
    }

    /// Puts the outcome of what was answered into the slot. True if it is a failure.
    ///
    /// # Safety
    ///
    /// The call was lifted, which left `retained`, and started by this caller, which did not answer yet.
    pub(super) unsafe fn answer(
        &self,
        answers: &mut dyn AnswerSource,
        retained: RetainedBox,
    ) -> bool {
        self.tracker.write();
        let wire = self
            .vtable
            .wire
            .expect("a call that was lifted has the table");
        // SAFETY: the caller's promise.
        unsafe { (wire.answer)(self.0, answers, retained) }
    }
}

impl EncodedEnd {
    pub(crate) fn cell(&self) -> &CellRef {
        &self.cell
    }

    /// When nothing of the call is to start any more.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Has whoever wants to cancel the call ask `remote_cancel` first; false if it is cancelled. Once a call.
    #[must_use]
    pub(crate) fn attach(&self, remote_cancel: Arc<dyn RemoteCancel>) -> bool {
        // SAFETY: `encode` lifted it; whoever calls this is the executor that has the bytes,
        // which does so before it gives them to anybody.
        unsafe { self.cell.attach(remote_cancel) }
    }

    /// Cancels the call though it has started: its worker was ended.
    pub(crate) fn cancel(self, hint: &mut impl FnMut(WorkerHint)) {
        if !self.start() {
            return;
        }
        self.cell.mark_runner(worker_context::logical_thread());
        // SAFETY: as in `answer`.
        unsafe { self.cell.empty() }.cancel(hint);
    }

    /// Starts the call; false if it was cancelled or failed before.
    pub(crate) fn start(&self) -> bool {
        self.cell.start_remote()
    }

    /// Makes the outcome of what was answered; nothing if the call was cancelled before.
    pub(crate) fn answer(
        mut self,
        answers: &mut dyn AnswerSource,
        hint: &mut impl FnMut(WorkerHint),
    ) {
        if !self.start() {
            return;
        }
        let Some(retained) = self.retained.take() else {
            return;
        };
        self.cell.mark_runner(worker_context::logical_thread());
        // SAFETY: `encode` lifted it and `start` started it; `retained` is gone, so that this happens once.
        let decided = unsafe { self.cell.empty() }.answer(answers, retained);
        let _ = decided.settle_with(false, hint);
    }

    /// Ends the call with an error; nothing if it has ended, or was cancelled.
    pub(crate) fn fail(&mut self, error: TaskError) {
        if self.cell.state.load().is_running() {
            self.cell.mark_runner(worker_context::logical_thread());
            // SAFETY: as in `answer`.
            unsafe { self.cell.empty() }.fail(error).settle();
        } else {
            self.cell.fail(error);
        }
    }
}

impl Drop for EncodedEnd {
    fn drop(&mut self) {
        self.fail(TaskError::worker_lost("executor dropped the call"));
    }
}
