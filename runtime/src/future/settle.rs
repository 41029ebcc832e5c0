//! From a claim to an outcome that everybody knows.
//!
//! A call nobody watches goes from Running to Settled in one step. Else:
//!
//! ```text
//!   finish()  ->  signals  ->  callbacks  ->  settle()  ->  threads, wakers
//!    Done                     (until none       Settled
//!                              is left)
//! ```
//!
//! The order is a promise: `wait` sees a call done before its callbacks run,
//! `result` hands the value out only after they have. A cancel takes the same
//! way, and so does a worker's end that goes without an outcome.

use crate::{
    error::TaskError,
    task::{AnswerSource, Task, Ticket},
    unwind,
    worker_context::{self, trampoline},
};

use super::{
    cell::{CellRef, Outcome},
    state::{AtOnce, Cancel, ClaimResult},
    vtable::RetainedBox,
    watchers::{Callback, Signal, Watcher},
};
use std::sync::Arc;

/// Whose turn it is next: what a worker hears while it settles a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WorkerHint {
    /// The call was pending, and is the worker's: it runs from here on.
    Claimed,
    /// The outcome is about to be seen; the worker can take another call.
    Free,
    /// Not yet: there is user code to run first, a callback or a waker.
    Busy,
}

/// For who is no worker of anybody.
pub(crate) fn ignore_hint(_: WorkerHint) {}

/// A claimed call: its slot is this thread's until it is settled.
#[must_use]
pub(crate) struct Claimed<'a>(&'a CellRef);

/// The slot of a call that is running elsewhere: empty, and this thread's until it is settled.
#[must_use]
pub(super) struct EmptySlot<'a>(&'a CellRef);

/// A call whose outcome is in the slot, seen by nobody yet.
#[must_use]
pub(crate) struct Decided<'a> {
    cell: &'a CellRef,
    ran: Ran,
}

/// What is known of an outcome without its type.
pub(crate) struct Ran {
    failed: bool,
    /// Goes back last, when this thread is through with the outcome.
    ticket: Option<Ticket>,
}

impl Ran {
    /// Of a call that ran, and bore this ticket.
    #[inline]
    pub(crate) fn new<T>(outcome: &Outcome<T>, failed: bool, ticket: Option<Ticket>) -> Self {
        if let (Err(error), Some(ticket)) = (outcome, &ticket) {
            ticket.note_panic(error);
        }
        Self { failed, ticket }
    }

    /// Of a call that did not run.
    fn not(failed: bool) -> Self {
        Self {
            failed,
            ticket: None,
        }
    }
}

impl CellRef {
    /// Takes the pending call, if it still is: from then on it runs.
    #[inline]
    pub(crate) fn claim(&self) -> Option<Claimed<'_>> {
        let is_ours = self.begin(self.state.claim());
        is_ours.then_some(Claimed(self))
    }

    /// Starts a pending call that was lifted: from then on it runs, elsewhere.
    pub(super) fn start(&self) -> bool {
        self.begin(self.state.start())
    }

    #[inline]
    fn begin(&self, claim: ClaimResult) -> bool {
        let ClaimResult::Yours { guarded } = claim else {
            return false;
        };
        self.leave_pending(guarded);
        if let Some(clock) = self.extras.clock() {
            clock.note_start();
        }
        true
    }

    /// Cancels the call if it is pending. True if it is cancelled now.
    ///
    /// Runs user code: the drop of the arguments, callbacks, wakers.
    pub(crate) fn cancel(&self) -> bool {
        match self.move_to_cancelled() {
            Cancel::Already => true,
            Cancel::TooLate | Cancel::Attached => false,
            Cancel::Discard { guarded } => {
                self.leave_pending(guarded);
                self.give_signals();
                // Before the arguments go: dropping those may wait for somebody
                // who waits for this call.
                self.wind_up(None, &mut ignore_hint);
                if self.state.load().is_lifted() {
                    // SAFETY: `cancel` gave the slot to us.
                    unsafe { self.detach_remote() };
                } else {
                    // SAFETY: `cancel` gave the slot, and the call in it, to us; of a
                    // cancelled call nobody looks at the slot, settled or not.
                    unsafe { self.drop_call() };
                    self.sweep_stale_entries();
                }
                true
            }
        }
    }

    /// Fails the call if it is pending; it never runs.
    ///
    /// Runs user code, in the same order as `cancel` does.
    pub(crate) fn fail(&self, error: TaskError) {
        if let ClaimResult::Yours { guarded } = self.state.refuse() {
            self.leave_pending(guarded);
            self.give_signals();
            let is_there = !self.state.load().is_lifted();
            // SAFETY: `refuse` gave the slot, and the call in it, to us.
            let call = is_there.then(|| unsafe { self.box_call() });
            // SAFETY: as above.
            unsafe { self.detach_remote() };
            // SAFETY: the slot is empty since the line above.
            unsafe { self.put_error(error.of_task(self.name())) };
            self.wind_up(None, &mut ignore_hint);
            unwind::contain("dropping the arguments of a call", || drop(call));
        }
    }

    fn leave_pending(&self, guarded: bool) {
        self.mark_runner(worker_context::logical_thread());
        if guarded {
            let guards = self.extras.watchers().lock().take_guards();
            self.tell_all(guards);
        }
    }

    fn give_signals(&self) {
        if let Some(clock) = self.extras.clock() {
            clock.note_finish();
        }
        // Who comes after this look finds the call done.
        if self.state.load().is_watched() {
            let signals = self.extras.watchers().lock().take_signals();
            self.tell_all(signals);
        }
    }

    /// Tells `signal` when the call is done; at once if it is.
    pub(crate) fn watch_done(&self, signal: &Arc<dyn Signal>, key: usize) {
        let mut watchers = self.extras.watchers().lock();
        if self.state.watch().is_done() {
            drop(watchers);
            signal.signal(key);
        } else {
            watchers.add(Watcher::Signal(signal.clone(), key));
        }
    }

    /// Tells `signal` nothing more.
    pub(crate) fn unwatch(&self, signal: &Arc<dyn Signal>) {
        let removed = self.extras.watchers().lock().remove_signal(signal);
        drop(removed);
    }

    /// Runs `callback` when the call is done: on this thread, if it has settled.
    pub(crate) fn add_callback(&self, callback: Callback) {
        let mut watchers = self.extras.watchers().lock();
        if self.state.watch().is_settled() {
            drop(watchers);
            let callback = Watcher::Callback(callback);
            if trampoline::is_deep() {
                // It may be added in a callback of a call whose callback was added so, and so on. To put
                // it off is no way: the value is its owner's, who may take it next.
                worker_context::with_fresh_stack(|| callback.tell(self));
            } else {
                self.tell_all([callback]);
            }
        } else {
            watchers.add(Watcher::Callback(callback));
        }
    }

    /// Drops `guard` as soon as the call is pending no more: at once, if it is not.
    pub(crate) fn add_guard(&self, guard: Box<dyn Send>) {
        let mut watchers = self.extras.watchers().lock();
        if self.state.guard().is_pending() {
            watchers.add(Watcher::Guard(guard));
        } else {
            drop(watchers);
            Watcher::Guard(guard).tell(self);
        }
    }
}

impl<'a> Claimed<'a> {
    /// Runs the call to its outcome; a panic is one.
    #[inline]
    pub(crate) fn run(self) -> Decided<'a> {
        let _current = super::current::enter(self.0);
        // SAFETY: a `Claimed` exists once a claim, and its slot holds the call.
        let ran = unsafe { self.0.run() };
        Decided { cell: self.0, ran }
    }

    /// Drops the call unrun, for `error`.
    pub(crate) fn fail(self, error: TaskError) -> Decided<'a> {
        // SAFETY: as in `run`.
        unsafe { self.0.drop_call() };
        EmptySlot(self.0).fail(error)
    }

    /// Drops the call unrun and puts `outcome` in its place; with `failed`, a value counts as a failure.
    ///
    /// # Safety
    ///
    /// The task's output is a `T`.
    pub(crate) unsafe fn put<T>(self, outcome: Outcome<T>, failed: bool) -> Decided<'a> {
        let ran = Ran::not(failed || outcome.is_err());
        // SAFETY: as in `run`.
        unsafe { self.0.drop_call() };
        // SAFETY: the slot is empty since the line above; the caller's promise.
        unsafe { self.0.put_outcome(outcome) };
        Decided { cell: self.0, ran }
    }

    /// Moves the call out unrun; its future, if anybody has it, fails with `error`.
    ///
    /// # Safety
    ///
    /// The call is a `T`.
    pub(crate) unsafe fn take_call<T: Task>(self, error: TaskError) -> (T, Decided<'a>) {
        // SAFETY: as in `run`, and the caller's promise.
        let call = unsafe { self.0.take_call::<T>() };
        // SAFETY: the slot is empty since the line above.
        unsafe { self.0.put_error(error) };
        (
            call,
            Decided {
                cell: self.0,
                ran: Ran::not(true),
            },
        )
    }
}

impl<'a> EmptySlot<'a> {
    /// Puts an error there.
    pub(super) fn fail(self, error: TaskError) -> Decided<'a> {
        // SAFETY: an `EmptySlot` is made of an empty slot, this thread's.
        unsafe { self.0.put_error(error.of_task(self.0.name())) };
        self.decided(true)
    }

    /// Leaves it empty for good: the call's worker was ended, for whoever aborted it.
    pub(super) fn cancel(self, hint: &mut impl FnMut(WorkerHint)) {
        self.0.state.finish_cancelled();
        self.0.give_signals();
        self.0.wind_up(None, hint);
    }

    /// Makes the outcome of what was answered, and puts it there.
    pub(super) fn answer(
        self,
        answers: &mut dyn AnswerSource,
        retained: RetainedBox,
    ) -> Decided<'a> {
        // SAFETY: as in `fail`.
        let failed = unsafe { self.0.answer(answers, retained) };
        self.decided(failed)
    }

    fn decided(self, failed: bool) -> Decided<'a> {
        Decided {
            cell: self.0,
            ran: Ran::not(failed),
        }
    }
}

impl CellRef {
    /// The empty slot of a call that was lifted, and started earlier.
    ///
    /// # Safety
    ///
    /// The caller lifted and started the call, and no other [`EmptySlot`] of it is left.
    pub(super) unsafe fn empty(&self) -> EmptySlot<'_> {
        // SAFETY: the slot of a call that was started is the starter's.
        unsafe { self.detach_remote() };
        EmptySlot(self)
    }

    /// The one claim of this call, made earlier.
    ///
    /// # Safety
    ///
    /// The caller claimed the call, its slot still holds it, and no other
    /// [`Claimed`] of it is left.
    pub(crate) unsafe fn claimed(&self) -> Claimed<'_> {
        Claimed(self)
    }
}

impl Decided<'_> {
    /// Shows the outcome to everybody.
    pub(crate) fn settle(self) {
        let _ = self.settle_with(false, &mut ignore_hint);
    }

    /// Shows the outcome; with `leaving`, the hold's count goes in the same step.
    ///
    /// True if the count went.
    #[must_use]
    #[inline]
    pub(crate) fn settle_with(self, leaving: bool, hint: &mut impl FnMut(WorkerHint)) -> bool {
        if self.cell.state.is_unwatched() && self.cell.extras.clock().is_none() {
            hint(WorkerHint::Free);
            match self.cell.state.settle_at_once(self.ran.failed, leaving) {
                AtOnce::Settled => return leaving,
                AtOnce::LongWay => hint(WorkerHint::Busy),
            }
        }
        self.settle_watched(hint);
        false
    }

    #[cold]
    fn settle_watched(self, hint: &mut impl FnMut(WorkerHint)) {
        self.cell.state.finish(self.ran.failed);
        self.cell.give_signals();
        self.cell.wind_up(self.ran.ticket, hint);
    }
}
