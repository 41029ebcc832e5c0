//! From a claim to an outcome that every reader sees.
//!
//! A call without watchers goes from Running to Settled in one step. Else:
//!
//! ```text
//!   finish()  ->  signals  ->  callbacks  ->  settle()  ->  threads, wakers
//!    Done                     (until none       Settled
//!                              is left)
//! ```
//!
//! The order is a promise: `wait` sees a call done before its callbacks run, and `result` returns
//! the value only after they have run. A cancel takes the same way, and so does a worker's end that
//! is dropped without an outcome.

use crate::{
    error::TaskError,
    task::{AnswerSource, Task},
    unwind,
    worker_context::{self, trampoline},
};

use super::{
    cell_ref::CellRef,
    header::{Outcome, Ran, RetainedBox},
    state::{AtOnce, ClaimResult},
    watchers::{Callback, Signal, Watcher},
};
use std::sync::Arc;

/// Tells a worker that settles a call whether it may take another call already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WorkerHint {
    /// The worker claimed the call: it runs from here on.
    Claimed,
    /// The outcome is about to be published; the worker can take another call.
    Free,
    /// The worker is busy still: it runs user code first, a callback or a waker.
    Busy,
}

/// Ignores the hint: for callers that are no worker.
pub(crate) fn ignore_hint(_: WorkerHint) {}

/// A claimed call: its slot belongs to this thread until it is settled.
#[must_use]
pub(crate) struct Claimed<'a>(&'a CellRef);

/// The slot of a call that runs in another process: empty, and this thread's until it is settled.
#[must_use]
pub(super) struct EmptySlot<'a>(&'a CellRef);

/// A call whose outcome is in the slot, not yet published.
#[must_use]
pub(crate) struct Decided<'a> {
    cell: &'a CellRef,
    ran: Ran,
}

impl CellRef {
    /// Claims the call if it is pending: from then on it runs.
    #[inline]
    pub(crate) fn claim(&self) -> Option<Claimed<'_>> {
        let is_ours = self.begin(self.state.claim());
        is_ours.then_some(Claimed(self))
    }

    /// Starts a pending call that was lifted: from then on it runs, in another process.
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
            self.complete(None, &mut ignore_hint);
            unwind::contain("dropping the arguments of a call", || drop(call));
        }
    }

    pub(super) fn leave_pending(&self, guarded: bool) {
        self.mark_runner(worker_context::logical_thread());
        if guarded {
            let guards = self.extras.watchers().lock().take_guards();
            self.tell_all(guards);
        }
    }

    pub(super) fn give_signals(&self) {
        if let Some(clock) = self.extras.clock() {
            clock.note_finish();
        }
        // A watcher that comes after this load finds the call done: no lost wakeup.
        if self.state.load().is_watched() {
            let signals = self.extras.watchers().lock().take_signals();
            self.tell_all(signals);
        }
    }

    /// Notifies `signal` when the call is done; at once if it is.
    pub(crate) fn watch_done(&self, signal: &Arc<dyn Signal>, key: usize) {
        let mut watchers = self.extras.watchers().lock();
        if self.state.watch().is_done() {
            drop(watchers);
            signal.signal(key);
        } else {
            watchers.add(Watcher::Signal(signal.clone(), key));
        }
    }

    /// Removes `signal` from the watchers.
    pub(crate) fn unwatch(&self, signal: &Arc<dyn Signal>) {
        let removed = self.extras.watchers().lock().remove_signal(signal);
        drop(removed);
    }

    /// Adds a done-callback; runs it on this thread if the call has settled.
    pub(crate) fn add_callback(&self, callback: Callback) {
        let mut watchers = self.extras.watchers().lock();
        if self.state.watch().is_settled() {
            drop(watchers);
            let callback = Watcher::Callback(callback);
            if trampoline::is_deep() {
                // A chain: this may be a callback of a call whose callback was added in the same
                // way, and so on. Deferring it is unsound: the owner may take the value next.
                worker_context::with_fresh_stack(|| callback.tell(self));
            } else {
                self.tell_all([callback]);
            }
        } else {
            watchers.add(Watcher::Callback(callback));
        }
    }

    /// Drops `guard` when the call leaves Pending; at once if it has left it.
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
    /// Runs the call to its outcome, which may be a panic.
    #[inline]
    pub(crate) fn run(self) -> Decided<'a> {
        let _current = super::current::enter(self.0);
        // SAFETY: there is one `Claimed` for each claim, and its slot holds the call.
        let ran = unsafe { self.0.run() };
        Decided { cell: self.0, ran }
    }

    /// Drops the call unrun, and fails it with `error`.
    pub(crate) fn fail(self, error: TaskError) -> Decided<'a> {
        // SAFETY: as in `run`.
        unsafe { self.0.drop_call() };
        EmptySlot(self.0).fail(error)
    }

    /// Drops the call unrun and puts `outcome` in its place; with `failed`, a value counts as a
    /// failure.
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

    /// Moves the call out unrun, and fails its future with `error`.
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
    /// Puts an error into the slot.
    pub(super) fn fail(self, error: TaskError) -> Decided<'a> {
        // SAFETY: an `EmptySlot` stands for an empty slot that belongs to this thread.
        unsafe { self.0.put_error(error.of_task(self.0.name())) };
        self.decided(true)
    }

    /// Settles the call as cancelled, its slot empty for good: an abort ended its worker.
    #[cfg(all(unix, feature = "processes"))]
    pub(super) fn cancel(self, hint: &mut impl FnMut(WorkerHint)) {
        self.0.state.finish_cancelled();
        self.0.give_signals();
        self.0.complete(None, hint);
    }

    /// Makes the outcome from the answers, and puts it into the slot.
    pub(super) fn answer(
        self,
        answers: &mut dyn AnswerSource,
        retained: RetainedBox,
    ) -> Decided<'a> {
        self.0.tracker.write();
        let wire = self.0.vtable.wire;
        let wire = wire.expect("a call that was lifted has the table");
        // SAFETY: as in `fail`; lifting the call left `retained`, and the table is the cell's own.
        let failed = unsafe { (wire.answer)(self.0.0, answers, retained) };
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
        // SAFETY: the slot of a call that was started belongs to its starter.
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
    /// Publishes the outcome.
    pub(crate) fn settle(self) {
        let _ = self.settle_with(false, &mut ignore_hint);
    }

    /// Publishes the outcome; with `leaving`, the reference count is decremented in the same step.
    ///
    /// True if the count was decremented.
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
        self.cell.complete(self.ran.ticket, hint);
    }
}
