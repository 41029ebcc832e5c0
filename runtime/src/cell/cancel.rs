//! Cancelling a call: pending here, encoded, or running.

use std::{mem::ManuallyDrop, ptr::NonNull, sync::Arc};

use super::{
    cell_ref::CellRef,
    header::CellHeader,
    remote_cancel::{AttachedCancel, RemoteCancel},
    settle::ignore_hint,
    state::Cancel,
};

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

    /// Attaches a remote cancel, from the executor that has the bytes; false if the call was
    /// cancelled before.
    ///
    /// # Safety
    ///
    /// The caller lifted the call, and neither attached a remote cancel nor put anything into the
    /// slot before.
    #[cfg(all(unix, feature = "processes"))]
    #[must_use]
    pub(super) unsafe fn attach(&self, remote_cancel: Arc<dyn RemoteCancel>) -> bool {
        self.tracker.write();
        let place = self.attached();
        // SAFETY: the slot is empty, and the caller's; it has room for a remote cancel.
        unsafe { place.write(ManuallyDrop::new(remote_cancel)) };
        let is_attached = self.state.attach();
        if !is_attached {
            // SAFETY: written above; without the flag no other thread reads it, and a cancel of a
            // lifted call does not touch the slot.
            drop(ManuallyDrop::into_inner(unsafe { place.read() }));
        }
        is_attached
    }

    /// Takes the remote cancel out of the slot, if there is one.
    ///
    /// # Safety
    ///
    /// The slot is the caller's.
    pub(super) unsafe fn detach_remote(&self) {
        if !self.state.load().is_attached() {
            return;
        }
        let watchers = self.extras.watchers().lock();
        if !self.state.detach_remote() {
            return;
        }
        self.tracker.write();
        // SAFETY: the flag said that the slot holds a remote cancel; it is cleared, under the lock,
        // so no other thread reads it again.
        let remote_cancel = unsafe { self.attached().read() };
        drop(watchers);
        drop(ManuallyDrop::into_inner(remote_cancel));
    }

    fn remote_cancel(&self) -> Option<Arc<dyn RemoteCancel>> {
        let _watchers = self.extras.watchers().lock();
        if !self.state.load().is_attached() {
            return None;
        }
        self.tracker.read();
        // SAFETY: the flag says that the slot holds a remote cancel, and the lock keeps it there.
        let remote_cancel = unsafe { self.attached().as_ref() };
        Some(Arc::clone(remote_cancel))
    }

    fn attached(&self) -> NonNull<AttachedCancel> {
        self.slot()
    }
}

/// A slot has room for a remote cancel, whatever its call.
const _: () = assert!(align_of::<AttachedCancel>() <= align_of::<CellHeader>());
