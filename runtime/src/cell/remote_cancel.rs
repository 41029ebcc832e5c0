//! What a cancel asks the executor that holds the bytes of an encoded call.
//!
//! ```text
//!   Future::cancel --> state: ATTACHED --> revoke() --> true: the cancel goes on here
//!                                              |
//!                                       the executor    false: too late, it runs
//! ```
//!
//! A worker in another process starts a call without asking here. So a cancel of a call that has
//! a remote cancel asks that first, and goes on only if the executor took the call back. The
//! pointer lies in the slot, which is empty while the bytes are elsewhere, and is read under the
//! watchers' lock: once it is detached it may be freed.

use std::{mem::ManuallyDrop, sync::Arc};

/// The executor that holds a call's bytes, as a cancel sees it. Runs no user code.
pub(crate) trait RemoteCancel: Send + Sync {
    /// Takes the call back, for good. False if a worker has started it, or it has ended.
    fn revoke(self: Arc<Self>) -> bool;

    /// Whether a worker has started the call, and has not ended it.
    fn has_started(&self) -> bool;

    /// Ends the worker that runs the call, if one does: the call is cancelled then.
    fn abort(self: Arc<Self>) -> bool;
}

/// What lies in the slot of a call that has a remote cancel.
pub(super) type AttachedCancel = ManuallyDrop<Arc<dyn RemoteCancel>>;
