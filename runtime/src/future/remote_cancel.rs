//! The line from a call that is away to whoever has its bytes.
//!
//! ```text
//!   Future::cancel --> state: ATTACHED --> remote cancel.revoke() --> revoked: cancel it here too
//!                                            |
//!                                   who has the bytes        TooLate: it runs
//! ```
//!
//! A worker elsewhere starts a call without asking here. So whoever cancels a call with a remote cancel asks
//! its remote cancel first, and cancels only what that took back. The remote cancel lies in the slot, which is
//! empty while the call is away, and is read under the watchers' lock: once detached it is gone.

use std::{mem::ManuallyDrop, sync::Arc};

use super::{
    cell::{CellHeader, CellRef},
    state::Cancel,
};

/// What can be asked of whoever has a call's bytes. Nothing here runs user code.
pub(crate) trait RemoteCancel: Send + Sync {
    /// Takes the call back, for good. False if a worker has started it, or it has ended.
    fn revoke(self: Arc<Self>) -> bool;

    /// Whether a worker has started the call, and has not ended it.
    fn has_started(&self) -> bool;

    /// Ends the worker that runs the call, if one does: the call is cancelled then.
    fn abort(self: Arc<Self>) -> bool;
}

/// What lies in the slot of a call with a remote cancel.
pub(super) type AttachedCancel = ManuallyDrop<Arc<dyn RemoteCancel>>;

impl CellRef {
    /// Whether the call runs, here or elsewhere.
    pub(crate) fn is_running(&self) -> bool {
        let seen = self.state.load();
        seen.is_running()
            || seen.is_pending()
                && self
                    .remote_cancel()
                    .is_some_and(|remote_cancel| remote_cancel.has_started())
    }

    /// Cancels the call, or has its worker ended, or asks the running task to stop.
    pub(crate) fn abort(&self) -> bool {
        self.cancel()
            || match self.remote_cancel() {
                // What ran a moment ago may wait for its next attempt since.
                Some(remote_cancel) => remote_cancel.abort() || self.cancel(),
                // A call that was away and is detached has ended.
                None => !self.state.load().is_lifted() && self.state.stop(),
            }
    }

    /// Moves a pending call to cancelled, once it is clear that nobody runs it elsewhere.
    pub(super) fn move_to_cancelled(&self) -> Cancel {
        loop {
            match self.state.cancel(false) {
                Cancel::Attached => {}
                other => return other,
            }
            // One that was detached is pending no more: the next look says what it is.
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

    /// Attaches a remote cancel, of whoever has its bytes; false if it was cancelled before.
    ///
    /// # Safety
    ///
    /// The caller lifted the call, and neither attached one nor put anything into the slot before.
    #[must_use]
    pub(super) unsafe fn attach(&self, remote_cancel: Arc<dyn RemoteCancel>) -> bool {
        self.tracker.write();
        let place = self.attached();
        // SAFETY: the slot is empty, and the caller's; it has room for a remote cancel.
        unsafe { place.write(ManuallyDrop::new(remote_cancel)) };
        let is_attached = self.state.attach();
        if !is_attached {
            // SAFETY: written by the line above; without the flag nobody else reads it, and who
            // cancels a lifted call does not touch the slot.
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
        // so nobody reads it again.
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

    fn attached(&self) -> std::ptr::NonNull<AttachedCancel> {
        self.slot()
    }
}

/// A slot has room for a remote cancel, whatever its call.
const _: () = assert!(align_of::<AttachedCancel>() <= align_of::<CellHeader>());
