//! The state word of a call as bits, and as it was at one moment; `state` moves it.

pub(super) const STAGE: u32 = 0b11;
pub(super) const PENDING: u32 = 0;
pub(super) const RUNNING: u32 = 1;
pub(super) const DONE: u32 = 2;
pub(super) const SETTLED: u32 = 3;

/// The call was cancelled: no outcome ever; the slot is the canceller's alone.
pub(super) const CANCELLED: u32 = 1 << 2;
/// The list of watchers may not be empty: no settling at once.
pub(super) const WATCHED: u32 = 1 << 3;
/// The future was dropped: the outcome will not be taken.
pub(super) const DETACHED: u32 = 1 << 4;
/// The outcome counts as a failure.
pub(super) const FAILED: u32 = 1 << 5;
/// The running task was asked to stop.
pub(super) const STOP: u32 = 1 << 6;
/// A guard among the watchers is to be dropped when the call leaves Pending.
pub(super) const GUARDED: u32 = 1 << 7;
/// The value was moved out through `.await`; the slot is empty.
pub(super) const TAKEN: u32 = 1 << 8;
/// The call has left the slot as bytes; the slot is empty until an outcome comes.
pub(super) const LIFTED: u32 = 1 << 9;
/// The slot of a lifted call holds its remote cancel.
pub(super) const ATTACHED: u32 = 1 << 10;
/// One owner; the count fills the rest of the word.
pub(super) const OWNER: u32 = 1 << 11;
/// Far below the overflow of the count, far above any honest use.
pub(super) const TOO_MANY: u32 = u32::MAX / 2;

/// The state as it was at one moment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Snapshot(pub(super) u32);

impl Snapshot {
    pub(crate) fn is_pending(self) -> bool {
        self.0 & STAGE == PENDING
    }

    pub(crate) fn is_running(self) -> bool {
        self.0 & STAGE == RUNNING
    }

    /// Done or Settled: the outcome is decided.
    pub(crate) fn is_done(self) -> bool {
        self.0 & STAGE >= DONE
    }

    /// The value may be had.
    pub(crate) fn is_settled(self) -> bool {
        self.0 & STAGE == SETTLED
    }

    pub(crate) fn is_cancelled(self) -> bool {
        self.0 & CANCELLED != 0
    }

    pub(crate) fn is_failed(self) -> bool {
        self.0 & FAILED != 0
    }

    pub(crate) fn is_stopping(self) -> bool {
        self.0 & STOP != 0
    }

    /// The slot holds an outcome.
    pub(crate) fn has_outcome(self) -> bool {
        self.is_done() && self.0 & (CANCELLED | TAKEN) == 0
    }

    /// The future was dropped.
    pub(crate) fn is_detached(self) -> bool {
        self.0 & DETACHED != 0
    }

    pub(crate) fn is_taken(self) -> bool {
        self.0 & TAKEN != 0
    }

    /// The call is not in the slot any more; that never changes back.
    pub(crate) fn is_lifted(self) -> bool {
        self.0 & LIFTED != 0
    }

    /// The call has a remote cancel, which alone knows whether it has started.
    pub(crate) fn is_attached(self) -> bool {
        self.0 & ATTACHED != 0
    }

    /// There may be watchers. A watcher that is added later sees this state, or a later one.
    pub(crate) fn is_watched(self) -> bool {
        self.0 & WATCHED != 0
    }

    pub(super) fn has_one_owner(self) -> bool {
        self.0 / OWNER == 1
    }
}
