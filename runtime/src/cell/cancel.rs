//! Cancelling a call: pending here, encoded, or running.

use super::{cell_ref::CellRef, settle::ignore_hint, state::Cancel};

impl CellRef {
    /// Cancels the call if it is pending; true if it is cancelled now.
    ///
    /// Runs user code: callbacks, wakers, and the drop of the arguments.
    pub(crate) fn cancel(&self) -> bool {
        match self.move_to_cancelled() {
            Cancel::Already => true,
            Cancel::TooLate | Cancel::Attached => false,
            Cancel::Discard { guarded } => {
                self.leave_pending(guarded);
                self.give_signals();
                // Before the arguments are dropped: that is user code, which may wait for a thread
                // that waits for this call.
                self.complete(None, &mut ignore_hint);
                if self.state.load().is_lifted() {
                    // SAFETY: `cancel` gave the slot to us.
                    unsafe { self.detach_remote() };
                } else {
                    // SAFETY: `cancel` gave the slot, and the call in it, to us; no other thread
                    // reads the slot of a cancelled call, settled or not.
                    unsafe { self.drop_call() };
                    self.sweep_stale_entries();
                }
                true
            }
        }
    }

    /// Whether the call runs, here or in another process.
    pub(crate) fn is_running(&self) -> bool {
        let seen = self.state.load();
        seen.is_running()
            || seen.is_pending()
                && self
                    .remote_cancel()
                    .is_some_and(|remote_cancel| remote_cancel.has_started())
    }

    /// Cancels the call, or ends its worker, or asks the running task to stop.
    pub(crate) fn abort(&self) -> bool {
        self.cancel()
            || match self.remote_cancel() {
                // A call that ran a moment ago may meanwhile wait for its next attempt.
                Some(remote_cancel) => remote_cancel.abort() || self.cancel(),
                // A call that was lifted and whose remote cancel is detached has ended.
                None => !self.state.load().is_lifted() && self.state.stop(),
            }
    }

    /// Moves a pending call to cancelled, once it is certain that no other process runs it.
    pub(super) fn move_to_cancelled(&self) -> Cancel {
        loop {
            match self.state.cancel(false) {
                Cancel::Attached => {}
                other => return other,
            }
            // Detached means no longer pending: the next round returns what it is.
            let Some(remote_cancel) = self.remote_cancel() else {
                continue;
            };
            return if remote_cancel.revoke() {
                self.state.cancel(true)
            } else {
                Cancel::TooLate
            };
        }
    }
}
