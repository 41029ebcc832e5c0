//! A handle that can cancel a call, and nothing else.

use std::fmt;

use super::{cell::CellRef, debug};

/// Cancels one call, from any thread; made by [`Future::canceller`](crate::Future::canceller).
///
/// It keeps neither arguments nor result alive.
#[derive(Clone)]
pub struct Canceller(CellRef);

impl Canceller {
    pub(crate) fn new(cell: CellRef) -> Self {
        Self(cell)
    }

    /// Notes that a worker elsewhere has started the call, which was lifted.
    pub(crate) fn start_remote(&self) {
        self.0.start_remote();
    }

    /// Notes that a worker elsewhere has started the call, which may be pending again.
    pub(crate) fn note_start(&self) {
        self.0.note_start();
    }

    /// Keeps `guard` while the call is pending.
    pub(crate) fn hold_while_pending(&self, guard: Box<dyn Send>) {
        self.0.add_guard(guard);
    }

    /// Cancels the call if no worker has started it; see [`Future::cancel`](crate::Future::cancel).
    pub fn cancel(&self) -> bool {
        self.0.cancel()
    }

    /// Cancels the call, even if it runs; see [`Future::abort`](crate::Future::abort).
    pub fn abort(&self) -> bool {
        self.0.abort()
    }

    /// Whether the call has ended.
    #[must_use]
    pub fn done(&self) -> bool {
        self.0.state.load().is_done()
    }

    /// Whether the call was cancelled.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.0.state.load().is_cancelled()
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug::describe("Canceller", &self.0, f)
    }
}
