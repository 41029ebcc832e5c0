//! What the primitives of both kinds of models have in common: models try all orders by themselves,
//! and have no clock.

use super::{AtomicU64, Ordering, yield_now};

/// As crossbeam's: here every round gives way, since models try other orders anyhow.
pub(crate) struct Backoff;

impl Backoff {
    pub(crate) fn new() -> Self {
        Self
    }

    /// Waits for a step that another thread is about to take.
    pub(crate) fn snooze(&self) {
        yield_now();
    }
}

/// Updates the word by `step`, in one `SeqCst` operation; false if `step` returned `None`.
pub(crate) fn try_update(word: &AtomicU64, step: impl FnMut(u64) -> Option<u64>) -> bool {
    // ORDERING: the caller's words are in the one order of all SeqCst operations.
    let moved = word.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step);
    moved.is_ok()
}

/// Yields to other threads.
#[cfg(feature = "work-stealing")]
pub(crate) fn sleep(_: std::time::Duration) {
    yield_now();
}
