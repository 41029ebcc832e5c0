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
    cell::Hold,
    settle::{Turn, ignore_turn},
    tether::Tether,
    vtable::{Aside, Lifted},
};
use crate::{
    error::TaskError,
    portable::Parts,
    task::{AnswerSource, Entry, NoAnswers},
    worker,
};

/// The worker's end of a call that travels as bytes.
pub(crate) struct Away {
    hold: Hold,
    aside: Option<Aside>,
    /// When nothing of it is to start any more.
    deadline: Option<Instant>,
}

impl Hold {
    /// The task of a call that can go to another process.
    pub(crate) fn entry(&self) -> Option<&'static Entry> {
        self.vtable.wire.map(|wire| (wire.entry)())
    }

    /// Turns the pending call into parts; `None` if it is not pending, or has just failed.
    pub(crate) fn encode(self, parts: &mut Parts) -> Option<Away> {
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
        let mut away = Away {
            hold: self,
            aside: None,
            deadline: None,
        };
        away.hold.tracker.write();
        let len = parts.len();
        // SAFETY: `lift` gave the call in the slot to us; the table is the cell's own.
        match unsafe { (wire.encode)(away.hold.0, parts) } {
            Ok(Lifted { aside, deadline }) => {
                away.aside = Some(aside);
                away.deadline = deadline;
            }
            Err(error) => {
                parts.truncate(len);
                away.fail(error);
                return None;
            }
        }
        if parts.len() == len {
            // All that it is made of has failed by itself: there is nothing to send.
            away.answer(&mut NoAnswers, &mut ignore_turn);
            return None;
        }
        Some(away)
    }

    /// Starts a lifted call, whose worker is elsewhere; true also if it was started before.
    pub(crate) fn start_away(&self) -> bool {
        if self.start() {
            // It runs elsewhere: any thread here may wait for it.
            self.unmark_runner();
            return true;
        }
        // Nobody but the executor that has its bytes starts a call that was lifted.
        self.state.see().is_running()
    }

    /// Notes that a worker elsewhere has started the call, without a change of state: it may be pending again. What was
    /// kept while it is pending goes.
    pub(crate) fn note_start(&self) {
        if self.state.see().is_watched() {
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
    /// The call was lifted, which left `aside`, and started by this caller, which did not answer yet.
    pub(super) unsafe fn answer(&self, answers: &mut dyn AnswerSource, aside: Aside) -> bool {
        self.tracker.write();
        let wire = self
            .vtable
            .wire
            .expect("a call that was lifted has the table");
        // SAFETY: the caller's promise.
        unsafe { (wire.answer)(self.0, answers, aside) }
    }
}

impl Away {
    pub(crate) fn hold(&self) -> &Hold {
        &self.hold
    }

    /// When nothing of the call is to start any more.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Has whoever wants to cancel the call ask `tether` first; false if it is cancelled. Once a call.
    #[must_use]
    pub(crate) fn tie(&self, tether: Arc<dyn Tether>) -> bool {
        // SAFETY: `encode` lifted it; whoever calls this is the executor that has the bytes,
        // which does so before it gives them to anybody.
        unsafe { self.hold.tie(tether) }
    }

    /// Cancels the call though it has started: its worker was ended.
    pub(crate) fn cancel(self, turn: &mut impl FnMut(Turn)) {
        if !self.start() {
            return;
        }
        self.hold.mark_runner(worker::strand());
        // SAFETY: as in `answer`.
        unsafe { self.hold.empty() }.cancel(turn);
    }

    /// Starts the call; false if it was cancelled or failed before.
    pub(crate) fn start(&self) -> bool {
        self.hold.start_away()
    }

    /// Makes the outcome of what was answered; nothing if the call was cancelled before.
    pub(crate) fn answer(mut self, answers: &mut dyn AnswerSource, turn: &mut impl FnMut(Turn)) {
        if !self.start() {
            return;
        }
        let Some(aside) = self.aside.take() else {
            return;
        };
        self.hold.mark_runner(worker::strand());
        // SAFETY: `encode` lifted it and `start` started it; `aside` is gone, so that this happens once.
        let decided = unsafe { self.hold.empty() }.answer(answers, aside);
        let _ = decided.settle_with(false, turn);
    }

    /// Ends the call with an error; nothing if it has ended, or was cancelled.
    pub(crate) fn fail(&mut self, error: TaskError) {
        if self.hold.state.see().is_running() {
            self.hold.mark_runner(worker::strand());
            // SAFETY: as in `answer`.
            unsafe { self.hold.empty() }.fail(error).settle();
        } else {
            self.hold.fail(error);
        }
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        self.fail(TaskError::worker_lost("executor dropped the call"));
    }
}
