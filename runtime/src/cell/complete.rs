//! From Done to Settled: runs the callbacks, publishes the outcome, wakes the waiters.

use super::{
    cell_ref::CellRef,
    settle::{WorkerHint, ignore_hint},
    watchers::Watcher,
};
use crate::{
    task::Ticket,
    unwind,
    worker_context::{self, trampoline},
};

impl CellRef {
    /// Runs the callbacks, settles, and wakes the waiters; then gives `ticket` back.
    ///
    /// Deep in the callbacks of other calls this is deferred; see `worker_context::trampoline`.
    pub(super) fn complete(&self, ticket: Option<Ticket>, hint: &mut impl FnMut(WorkerHint)) {
        if trampoline::is_deep() && self.has_user_code() {
            let cell = self.clone();
            let complete = move || cell.complete_here(ticket, &mut ignore_hint);
            return trampoline::defer(Box::new(complete));
        }
        self.complete_here(ticket, hint);
    }

    fn complete_here(&self, ticket: Option<Ticket>, hint: &mut impl FnMut(WorkerHint)) {
        let (is_detached, rest) = self.settle_after_callbacks(hint);
        if is_detached || rest.iter().any(Watcher::is_user_code) {
            hint(WorkerHint::Busy);
        }
        if is_detached && self.state.load().has_outcome() {
            // SAFETY: settled by us, and `settle` said that the future was dropped: no other thread
            // will read the outcome.
            let drop_outcome = || unsafe { self.drop_outcome() };
            trampoline::run_nested(|| unwind::contain("dropping a result", drop_outcome));
        }
        self.tell_all(rest);
        drop(ticket);
    }

    /// Whether completing this call runs user code, which may complete further calls.
    fn has_user_code(&self) -> bool {
        let seen = self.state.load();
        let drops_outcome = seen.is_detached() && seen.has_outcome();
        drops_outcome || seen.is_watched() && self.extras.watchers().lock().has_user_code()
    }

    /// Settles once no callback is left. Returns whether the future was dropped, and the watchers
    /// to wake.
    fn settle_after_callbacks(&self, hint: &mut impl FnMut(WorkerHint)) -> (bool, Vec<Watcher>) {
        if !self.state.load().is_watched() {
            hint(WorkerHint::Free);
            match self.state.settle_unwatched() {
                Some(is_detached) => return (is_detached, Vec::new()),
                None => hint(WorkerHint::Busy),
            }
        }
        loop {
            let callbacks = self.extras.watchers().lock().take_callbacks();
            if !callbacks.is_empty() {
                // A waiter for this call waits for these callbacks too. So a callback must not wait
                // for a pool of which one worker may be such a waiter: that would deadlock.
                let _callback = self.executor.map(worker_context::enter_callback);
                self.tell_all(callbacks);
                continue;
            }
            hint(WorkerHint::Free);
            let mut watchers = self.extras.watchers().lock();
            if !watchers.has_callbacks() {
                // Under the lock, against a lost wakeup: a watcher that comes later sees Settled.
                return (self.state.settle(), watchers.take_all());
            }
            drop(watchers);
            hint(WorkerHint::Busy);
        }
    }

    /// Notifies watchers, in their order. Work that they defer runs as soon as the outermost of
    /// them has returned.
    pub(super) fn tell_all(&self, watchers: impl IntoIterator<Item = Watcher>) {
        for watcher in watchers {
            if watcher.may_nest() {
                trampoline::run_nested(|| watcher.tell(self));
            } else {
                watcher.tell(self);
            }
        }
    }
}
