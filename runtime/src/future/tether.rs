//! The line from a call that is away to whoever has its bytes.
//!
//! ```text
//!   Future::cancel --> state: TIED --> tether.recall() --> Recalled: cancel it here too
//!                                            |
//!                                   who has the bytes        TooLate: it runs
//! ```
//!
//! A worker elsewhere starts a call without asking here. So whoever cancels a tied call asks
//! its tether first, and cancels only what that took back. The tether lies in the slot, which is
//! empty while the call is away, and is read under the watchers' lock: once untied it is gone.

use std::{mem::ManuallyDrop, sync::Arc};

use super::{
    cell::{Header, Hold},
    state::Cancel,
};

/// What can be asked of whoever has a call's bytes. Nothing here runs user code.
pub(crate) trait Tether: Send + Sync {
    /// Takes the call back, for good. False if a worker has started it, or it has ended.
    fn recall(self: Arc<Self>) -> bool;

    /// Whether a worker has started the call, and has not ended it.
    fn has_started(&self) -> bool;

    /// Ends the worker that runs the call, if one does: the call is cancelled then.
    fn abort(self: Arc<Self>) -> bool;
}

/// What lies in the slot of a tied call.
pub(super) type Tied = ManuallyDrop<Arc<dyn Tether>>;

impl Hold {
    /// Whether the call runs, here or elsewhere.
    pub(crate) fn is_running(&self) -> bool {
        let seen = self.state.see();
        seen.is_running()
            || seen.is_pending() && self.tether().is_some_and(|tether| tether.has_started())
    }

    /// Cancels the call, or has its worker ended, or asks the running task to stop.
    pub(crate) fn abort(&self) -> bool {
        self.cancel()
            || match self.tether() {
                // What ran a moment ago may wait for its next attempt since.
                Some(tether) => tether.abort() || self.cancel(),
                // A call that was away and is tied no more has ended.
                None => !self.state.see().is_lifted() && self.state.stop(),
            }
    }

    /// Moves a pending call to cancelled, once it is clear that nobody runs it elsewhere.
    pub(super) fn move_to_cancelled(&self) -> Cancel {
        loop {
            match self.state.cancel(false) {
                Cancel::Tied => {}
                other => return other,
            }
            // One that is not tied any more is pending no more: the next look says what it is.
            let Some(tether) = self.tether() else {
                continue;
            };
            return if tether.recall() {
                self.state.cancel(true)
            } else {
                Cancel::TooLate
            };
        }
    }

    /// Ties the call to whoever has its bytes; false if it was cancelled before.
    ///
    /// # Safety
    ///
    /// The caller lifted the call, and neither tied it nor put anything into the slot before.
    #[must_use]
    pub(super) unsafe fn tie(&self, tether: Arc<dyn Tether>) -> bool {
        self.tracker.write();
        let place = self.tied();
        // SAFETY: the slot is empty, and the caller's; it has room for a tether.
        unsafe { place.write(ManuallyDrop::new(tether)) };
        let is_tied = self.state.tie();
        if !is_tied {
            // SAFETY: written by the line above; without the flag nobody else reads it, and who
            // cancels a lifted call does not touch the slot.
            drop(ManuallyDrop::into_inner(unsafe { place.read() }));
        }
        is_tied
    }

    /// Takes the tether out of the slot, if there is one.
    ///
    /// # Safety
    ///
    /// The slot is the caller's.
    pub(super) unsafe fn untie(&self) {
        if !self.state.see().is_tied() {
            return;
        }
        let watchers = self.extras.watchers().lock();
        if !self.state.untie() {
            return;
        }
        self.tracker.write();
        // SAFETY: the flag said that the slot holds a tether; it is cleared, under the lock,
        // so nobody reads it again.
        let tether = unsafe { self.tied().read() };
        drop(watchers);
        drop(ManuallyDrop::into_inner(tether));
    }

    fn tether(&self) -> Option<Arc<dyn Tether>> {
        let _watchers = self.extras.watchers().lock();
        if !self.state.see().is_tied() {
            return None;
        }
        self.tracker.read();
        // SAFETY: the flag says that the slot holds a tether, and the lock keeps it there.
        let tether = unsafe { self.tied().as_ref() };
        Some(Arc::clone(tether))
    }

    fn tied(&self) -> std::ptr::NonNull<Tied> {
        self.slot()
    }
}

/// A slot has room for a tether, whatever its call.
const _: () = assert!(align_of::<Tied>() <= align_of::<Header>());
