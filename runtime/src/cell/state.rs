//! Every move of a call's state, and which thread may touch its slot.
//!
//! One word holds the stage, some flags, and the reference count:
//!
//! ```text
//!              claim()             finish()            settle()
//!   Pending ------------> Running -----------> Done ------------> Settled
//!      |                     |                  ^                    ^
//!      |                     +------------------|--------------------+
//!      |                         settle_at_once()  (no watchers)
//!      +----------------------------------------+
//!               cancel()  (sets CANCELLED), refuse()  (sets FAILED)
//! ```
//! (`settle_unwatched` is `settle` for a call without watchers.)
//!
//! - The slot holds the call while Pending, and the outcome from Done on; of a refused call, once
//!   the refuser has put it there. In between the slot belongs to the one thread that made the move
//!   away from Pending, until Settled. Only that thread's own callbacks read it meanwhile.
//! - LIFTED: the call has left the slot, to travel as bytes. It is pending still, and can be
//!   cancelled or refused, but not run from here. The slot is empty, and the executor that has the
//!   bytes moves the call on: `start()` in place of `claim()`.
//! - ATTACHED: the slot of a lifted call holds its remote cancel, which knows whether a worker in
//!   another process has started the call. A cancel asks it first. The next owner of the slot
//!   detaches it.
//! - CANCELLED: there never is an outcome. The slot stays the canceller's, past Settled too: it
//!   settles first, and then drops the call. No other thread reads it.
//! - Done is what all threads may see (`done`, `wait`). At Settled the value becomes available:
//!   after the callbacks, which read it on the finishing thread.
//! - After Settled the slot of any other call belongs to the future and its borrowers. If the
//!   future was dropped before (DETACHED), the finishing thread empties the slot.
//! - The last owner frees the cell, in any stage.
//!
//! Each function returns what its caller must do next. Nothing here waits, wakes, or knows what the
//! slot holds.

use super::snapshot::{
    ATTACHED, CANCELLED, DETACHED, DONE, FAILED, GUARDED, LIFTED, OWNER, PENDING, RUNNING, SETTLED,
    STAGE, STOP, Snapshot, TAKEN, TOO_MANY, WATCHED,
};
use crate::sync::{AtomicU32, Ordering, fence};

/// The state of one call.
pub(crate) struct StateWord(AtomicU32);

/// What the caller of [`StateWord::claim`], [`StateWord::start`] or [`StateWord::refuse`] must do
/// next.
#[must_use]
pub(crate) enum ClaimResult {
    /// The slot is yours: run the call, or drop it; first drop its guard if it has one.
    Yours { guarded: bool },
    /// It was run, cancelled, started or lifted: leave it alone.
    Gone,
}

impl ClaimResult {
    fn of(moved: Result<Snapshot, Snapshot>) -> Self {
        moved.map_or(Self::Gone, |seen| Self::Yours {
            guarded: seen.0 & GUARDED != 0,
        })
    }
}

/// What the caller of [`StateWord::cancel`] must do next.
#[must_use]
pub(crate) enum Cancel {
    /// The slot is yours: notify the watchers, settle, drop the call if it is there.
    Discard { guarded: bool },
    /// It was cancelled before.
    Already,
    /// It has run, or runs: leave it alone.
    TooLate,
    /// The call has a remote cancel: ask that to revoke it first.
    Attached,
}

/// What the caller of [`StateWord::settle_at_once`] must do next.
#[must_use]
pub(crate) enum AtOnce {
    /// Nothing more. The future still has its reference: else it would have detached.
    Settled,
    /// There are watchers, or the future was dropped: take the long way.
    LongWay,
}

impl StateWord {
    /// A pending call with `owners` owners.
    pub(crate) fn new(owners: u32) -> Self {
        Self(AtomicU32::new(PENDING | (owners * OWNER)))
    }

    /// The state now. A thread that sees Settled sees the outcome as well.
    #[inline]
    pub(crate) fn load(&self) -> Snapshot {
        // ORDERING: Acquire pairs with the Release in `settle_at_once` and `settle`.
        Snapshot(self.0.load(Ordering::Acquire))
    }

    /// Pending → Running, for the thread that runs the call from the slot.
    #[inline]
    pub(crate) fn claim(&self) -> ClaimResult {
        ClaimResult::of(self.move_pending(RUNNING, STAGE | LIFTED))
    }

    /// Pending → Running, for the executor that has the bytes of a lifted call.
    pub(crate) fn start(&self) -> ClaimResult {
        ClaimResult::of(self.move_pending(RUNNING, STAGE))
    }

    /// Pending → Done, failed: the call is never run.
    pub(crate) fn refuse(&self) -> ClaimResult {
        ClaimResult::of(self.move_pending(DONE | FAILED, STAGE))
    }

    /// Pending → Pending, LIFTED: the caller takes the call out of the slot. False if it is gone.
    pub(crate) fn lift(&self) -> bool {
        self.move_pending(LIFTED, STAGE | LIFTED).is_ok()
    }

    /// Pending → Done, cancelled; a call with a remote cancel only once it `is_revoked`.
    pub(crate) fn cancel(&self, is_revoked: bool) -> Cancel {
        let not = if is_revoked { STAGE } else { STAGE | ATTACHED };
        match self.move_pending(DONE | CANCELLED, not) {
            Ok(seen) => Cancel::Discard {
                guarded: seen.0 & GUARDED != 0,
            },
            Err(seen) if seen.is_cancelled() => Cancel::Already,
            Err(seen) if seen.is_pending() => Cancel::Attached,
            Err(_) => Cancel::TooLate,
        }
    }

    /// Pending → Pending, ATTACHED: the slot holds the call's remote cancel. False if it was
    /// cancelled before.
    #[cfg(all(unix, feature = "processes"))]
    #[must_use]
    pub(crate) fn attach(&self) -> bool {
        self.move_pending(ATTACHED, STAGE).is_ok()
    }

    /// The slot's next owner takes the remote cancel out of it. False if there is none.
    pub(crate) fn detach_remote(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `attach`.
        Snapshot(self.0.fetch_and(!ATTACHED, Ordering::AcqRel)).is_attached()
    }

    /// Running → Done, cancelled: its worker was ended.
    #[cfg(all(unix, feature = "processes"))]
    pub(crate) fn finish_cancelled(&self) {
        // ORDERING: as in `finish`.
        self.0
            .fetch_add((DONE - RUNNING) + CANCELLED, Ordering::Release);
    }

    /// The one move of a pending call; `Err` is the state that forbade it, by a bit of `not`.
    #[inline]
    fn move_pending(&self, to: u32, not: u32) -> Result<Snapshot, Snapshot> {
        // The usual state, with two owners: a guess that spares a load. The load would fetch the
        // cache line as shared from the core that made the cell, and the move would fetch it again
        // to write.
        let mut now = PENDING | (2 * OWNER);
        loop {
            if now & not != PENDING {
                return Err(Snapshot(now));
            }
            // ORDERING: Acquire makes the call visible that `new` was given;
            // Release shows others, through Done, what happened before a cancel.
            match self
                .0
                .compare_exchange_weak(now, now | to, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) => return Ok(Snapshot(now)),
                Err(seen) => now = seen,
            }
        }
    }

    /// Running → Settled in one step, for a call without watchers.
    ///
    /// With `leaving`, the same step takes the caller off the reference count.
    #[inline]
    pub(crate) fn settle_at_once(&self, failed: bool, leaving: bool) -> AtOnce {
        // ORDERING: a first guess: the exchange below checks it.
        let mut now = self.0.load(Ordering::Relaxed);
        loop {
            if now & (WATCHED | DETACHED) != 0 {
                return AtOnce::LongWay;
            }
            let left = now - if leaving { OWNER } else { 0 };
            let next = left | SETTLED | if failed { FAILED } else { 0 };
            // ORDERING: Release publishes the outcome to `load`, and what this owner did to the
            // owner that frees the cell.
            match self
                .0
                .compare_exchange_weak(now, next, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) => return AtOnce::Settled,
                Err(seen) => now = seen,
            }
        }
    }

    /// Whether `settle_at_once` is worth trying.
    #[inline]
    pub(crate) fn is_unwatched(&self) -> bool {
        // ORDERING: a hint alone: `settle_at_once` checks again.
        self.0.load(Ordering::Relaxed) & (WATCHED | DETACHED) == 0
    }

    /// Running → Done. Callbacks come next, then [`settle`](Self::settle).
    pub(crate) fn finish(&self, failed: bool) {
        let step = (DONE - RUNNING) + if failed { FAILED } else { 0 };
        // ORDERING: Release shows threads that see Done what the task did.
        self.0.fetch_add(step, Ordering::Release);
    }

    /// Done → Settled. True if the future was dropped: the caller empties the slot.
    #[must_use]
    pub(crate) fn settle(&self) -> bool {
        // ORDERING: Release publishes the outcome to `load`; Acquire pairs with
        // `detach`, so that a future's last use of the slot comes before ours.
        self.0.fetch_add(SETTLED - DONE, Ordering::AcqRel) & DETACHED != 0
    }

    /// Done → Settled, as [`settle`](Self::settle), without the watchers' lock. `None` if there may
    /// be watchers.
    pub(crate) fn settle_unwatched(&self) -> Option<bool> {
        // ORDERING: a first guess: the exchange below checks it.
        let mut now = self.0.load(Ordering::Relaxed);
        while now & WATCHED == 0 {
            // ORDERING: as in `settle`; watchers that are added from here on see Settled.
            match self.0.compare_exchange_weak(
                now,
                now + (SETTLED - DONE),
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Some(now & DETACHED != 0),
                Err(seen) => now = seen,
            }
        }
        None
    }

    /// A watcher is about to be added, under the watchers' lock.
    ///
    /// Returns the state before: it may be too late for the watcher to wake.
    pub(crate) fn watch(&self) -> Snapshot {
        // ORDERING: Acquire pairs with the Release of the thread that settled before.
        Snapshot(self.0.fetch_or(WATCHED, Ordering::AcqRel))
    }

    /// A guard was put among the watchers. Returns the state before.
    pub(crate) fn guard(&self) -> Snapshot {
        // ORDERING: as in `watch`.
        Snapshot(self.0.fetch_or(WATCHED | GUARDED, Ordering::AcqRel))
    }

    /// Asks a running task to stop. False if it does not run.
    pub(crate) fn stop(&self) -> bool {
        // ORDERING: a first guess: the exchange below checks it.
        let mut now = self.0.load(Ordering::Relaxed);
        while now & STAGE == RUNNING {
            // ORDERING: a request that carries no data, so Relaxed.
            let order = Ordering::Relaxed;
            match (self.0).compare_exchange_weak(now, now | STOP, order, order) {
                Ok(_) => return true,
                Err(seen) => now = seen,
            }
        }
        false
    }

    /// The future moves the value out, and lives on.
    pub(crate) fn take(&self) {
        // ORDERING: only the future's own thread reads TAKEN.
        self.0.fetch_or(TAKEN, Ordering::Relaxed);
    }

    /// The future is dropped. True if it must empty the slot, false if the finishing thread will.
    #[must_use]
    pub(crate) fn detach(&self) -> bool {
        if self.load().is_settled() {
            return true;
        }
        // ORDERING: Release pairs with the Acquire in `settle`; Acquire with the
        // Release there, if that came first.
        Snapshot(self.0.fetch_or(DETACHED, Ordering::AcqRel)).is_settled()
    }

    /// Increments the reference count.
    pub(crate) fn join(&self) {
        // ORDERING: Relaxed, as in `Arc`: the new owner gets the cell from a present owner.
        if self.0.fetch_add(OWNER, Ordering::Relaxed) > TOO_MANY {
            std::process::abort();
        }
    }

    /// Decrements the reference count. True if it was the last owner: the caller frees the cell.
    #[inline]
    #[must_use]
    pub(crate) fn leave(&self) -> bool {
        // A single owner has no race: it need not write.
        if self.load().has_one_owner() {
            return true;
        }
        // ORDERING: Release puts every owner's uses before the last one's
        // Acquire, which puts them before the freeing.
        let last = Snapshot(self.0.fetch_sub(OWNER, Ordering::Release)).has_one_owner();
        if last {
            // ORDERING: pairs with the Releases of the other owners' `leave`.
            fence(Ordering::Acquire);
        }
        last
    }
}
