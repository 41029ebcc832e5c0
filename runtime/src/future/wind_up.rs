//! From an outcome that is decided to one that everybody knows: callbacks, Settled, those that wait.

use super::{
    cell::CellRef,
    settle::{WorkerHint, ignore_hint},
    watchers::Watcher,
};
use crate::{
    task::Ticket,
    unwind,
    worker_context::{self, trampoline},
};

impl CellRef {
    /// Runs the callbacks, settles, and wakes who waits for the value; then `ticket` goes back.
    ///
    /// Deep in the callbacks of other calls this is put off; see `worker_context::trampoline`.
    pub(super) fn wind_up(&self, ticket: Option<Ticket>, hint: &mut impl FnMut(WorkerHint)) {
        if trampoline::is_deep() && self.has_user_code() {
            let cell = self.clone();
            let wind_up = move || cell.wind_up_here(ticket, &mut ignore_hint);
            return trampoline::defer(Box::new(wind_up));
        }
        self.wind_up_here(ticket, hint);
    }

    fn wind_up_here(&self, ticket: Option<Ticket>, hint: &mut impl FnMut(WorkerHint)) {
        let (is_detached, rest) = self.settle_after_callbacks(hint);
        if is_detached || rest.iter().any(Watcher::is_user_code) {
            hint(WorkerHint::Busy);
        }
        if is_detached && self.state.load().has_outcome() {
            // SAFETY: settled by us, and `settle` said that the future is gone:
            // no other thread will look at the outcome.
            let drop_outcome = || unsafe { self.drop_outcome() };
            trampoline::run_nested(|| unwind::contain("dropping a result", drop_outcome));
        }
        self.tell_all(rest);
        drop(ticket);
    }

    /// Whether the end of this call runs code of the user's: that may end further calls.
    fn has_user_code(&self) -> bool {
        let seen = self.state.load();
        let drops_outcome = seen.is_detached() && seen.has_outcome();
        drops_outcome || seen.is_watched() && self.extras.watchers().lock().has_user_code()
    }

    /// Settles once no callback is left. Whether the future is gone, and who is to be woken.
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
                // Whoever waits for this call waits for these: a callback must
                // not wait for a pool one of whose workers may do so.
                let _callback = self.executor.map(worker_context::enter_callback);
                self.tell_all(callbacks);
                continue;
            }
            hint(WorkerHint::Free);
            let mut watchers = self.extras.watchers().lock();
            if !watchers.has_callbacks() {
                // Under the lock: a watcher that comes later sees Settled.
                return (self.state.settle(), watchers.take_all());
            }
            drop(watchers);
            hint(WorkerHint::Busy);
        }
    }

    /// Tells watchers, in their order. What they put off follows the outermost one of them at once.
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
