//! From an outcome that is decided to one that everybody knows: callbacks, Settled, those that wait.

use super::{
    cell::Hold,
    settle::{Turn, ignore_turn},
    watchers::Watcher,
};
use crate::{
    task::Ticket,
    unwind,
    worker::{self, trampoline},
};

impl Hold {
    /// Runs the callbacks, settles, and wakes who waits for the value; then `ticket` goes back.
    ///
    /// Deep in the callbacks of other calls this is put off; see `worker::trampoline`.
    pub(super) fn wind_up(&self, ticket: Option<Ticket>, turn: &mut impl FnMut(Turn)) {
        if trampoline::is_deep() && self.has_user_code() {
            let hold = self.clone();
            let wind_up = move || hold.wind_up_here(ticket, &mut ignore_turn);
            return trampoline::put_off(Box::new(wind_up));
        }
        self.wind_up_here(ticket, turn);
    }

    fn wind_up_here(&self, ticket: Option<Ticket>, turn: &mut impl FnMut(Turn)) {
        let (is_detached, rest) = self.settle_after_callbacks(turn);
        if is_detached || rest.iter().any(Watcher::is_user_code) {
            turn(Turn::Busy);
        }
        if is_detached && self.state.see().has_outcome() {
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
        let seen = self.state.see();
        let drops_outcome = seen.is_detached() && seen.has_outcome();
        drops_outcome || seen.is_watched() && self.extras.watchers().lock().has_user_code()
    }

    /// Settles once no callback is left. Whether the future is gone, and who is to be woken.
    fn settle_after_callbacks(&self, turn: &mut impl FnMut(Turn)) -> (bool, Vec<Watcher>) {
        if !self.state.see().is_watched() {
            turn(Turn::Free);
            match self.state.settle_unwatched() {
                Some(is_detached) => return (is_detached, Vec::new()),
                None => turn(Turn::Busy),
            }
        }
        loop {
            let callbacks = self.extras.watchers().lock().take_callbacks();
            if !callbacks.is_empty() {
                // Whoever waits for this call waits for these: a callback must
                // not wait for a pool one of whose workers may do so.
                let _tending = self.executor.map(worker::tend);
                self.tell_all(callbacks);
                continue;
            }
            turn(Turn::Free);
            let mut watchers = self.extras.watchers().lock();
            if !watchers.has_callbacks() {
                // Under the lock: a watcher that comes later sees Settled.
                return (self.state.settle(), watchers.take_all());
            }
            drop(watchers);
            turn(Turn::Busy);
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
