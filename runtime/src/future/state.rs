//! Every move of a call's state, and who may touch its slot.
//!
//! One word holds the stage, some flags, and the number of owners:
//!
//! ```text
//!              claim()             finish()            settle()
//!   Pending ------------> Running -----------> Done ------------> Settled
//!      |                     |                  ^                    ^
//!      |                     +------------------|--------------------+
//!      |                         settle_at_once()  (nobody watches)
//!      +----------------------------------------+
//!               cancel()  (sets CANCELLED), refuse()  (sets FAILED)
//! ```
//! (`settle_unwatched` is `settle`, where nobody watches.)
//!
//! - The slot holds the call while Pending, and from Done on the outcome; if the
//!   call was refused, once the refuser has put it there. In between it is the
//!   one thread's that made the move away from Pending, and that thread's until
//!   Settled, but for readers it invites itself (callbacks, on the same thread).
//! - If LIFTED the call has left the slot, to travel as bytes: it is pending still, and can be
//!   cancelled or refused, but nobody runs it from here. The slot is empty, and whoever has the bytes
//!   moves the call on: `start()` in place of `claim()`.
//! - If ATTACHED the slot of a lifted call holds its remote cancel: who can tell whether a worker elsewhere has
//!   started it. Nobody cancels such a call without asking there first. Whoever next owns the slot unties it.
//! - If CANCELLED there never is an outcome. The slot stays the canceller's, past
//!   Settled too: it settles first, and then drops the call. Nobody else looks.
//! - Done is what everybody may see (`done`, `wait`). Settled is when the value
//!   may be had: after the callbacks, which read it on the finishing thread.
//! - After Settled the slot of any other call is the future's, and of whoever it lends it to. If
//!   the future went before (DETACHED), the finishing thread empties the slot.
//! - The last owner frees the cell, whatever its stage.
//!
//! Each function returns what its caller must do next. Nothing here waits,
//! wakes, or knows what the slot holds.

use crate::sync::{AtomicU32, Ordering, fence};

const STAGE: u32 = 0b11;
const PENDING: u32 = 0;
const RUNNING: u32 = 1;
const DONE: u32 = 2;
const SETTLED: u32 = 3;

/// The call was cancelled: no outcome ever; the slot is the canceller's alone.
const CANCELLED: u32 = 1 << 2;
/// The list of watchers may hold somebody: no settling at once.
const WATCHED: u32 = 1 << 3;
/// The future is gone: nobody will take the outcome.
const DETACHED: u32 = 1 << 4;
/// The outcome counts as a failure.
const FAILED: u32 = 1 << 5;
/// The running task was asked to stop.
const STOP: u32 = 1 << 6;
/// A guard among the watchers is to be dropped when the call leaves Pending.
const GUARDED: u32 = 1 << 7;
/// The value was moved out through `.await`; the slot is empty.
const TAKEN: u32 = 1 << 8;
/// The call has left the slot as bytes; the slot is empty until an outcome comes.
const LIFTED: u32 = 1 << 9;
/// The slot of a lifted call holds its remote cancel.
const ATTACHED: u32 = 1 << 10;
/// One owner; the count fills the rest of the word.
const OWNER: u32 = 1 << 11;
/// Far below the overflow of the count, far above any honest use.
const TOO_MANY: u32 = u32::MAX / 2;

/// The state of one call.
pub(crate) struct StateWord(AtomicU32);

/// The state as it was at one moment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Snapshot(u32);

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

    /// The future is gone.
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

    /// Only the remote cancel knows whether the call has started.
    pub(crate) fn is_attached(self) -> bool {
        self.0 & ATTACHED != 0
    }

    /// Somebody may be among the watchers. Whoever comes later sees the state as it was here, or after.
    pub(crate) fn is_watched(self) -> bool {
        self.0 & WATCHED != 0
    }

    fn has_one_owner(self) -> bool {
        self.0 / OWNER == 1
    }
}

/// What the caller of [`StateWord::claim`], [`StateWord::start`] or [`StateWord::refuse`] must do next.
#[must_use]
pub(crate) enum ClaimResult {
    /// The slot is yours: run the call, or drop it; first drop its guard if it has one.
    Yours { guarded: bool },
    /// Somebody has run, cancelled, started or lifted it: leave it alone.
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
    /// The slot is yours: wake everybody, settle, drop the call if it is there.
    Discard { guarded: bool },
    /// It was cancelled before.
    Already,
    /// It has run, or runs: leave it alone.
    TooLate,
    /// Whoever has its bytes must take them back first.
    Attached,
}

/// What the caller of [`StateWord::settle_at_once`] must do next.
#[must_use]
pub(crate) enum AtOnce {
    /// Nothing more. The future still has its hold: it would have detached.
    Settled,
    /// Somebody watches, or the future is gone: take the long way.
    LongWay,
}

impl StateWord {
    /// A pending call with `owners` owners.
    pub(crate) fn new(owners: u32) -> Self {
        Self(AtomicU32::new(PENDING | (owners * OWNER)))
    }

    /// The state now. Whoever sees Settled sees the outcome as well.
    #[inline]
    pub(crate) fn load(&self) -> Snapshot {
        // ORDERING: Acquire pairs with the Release in `settle_at_once` and `settle`.
        Snapshot(self.0.load(Ordering::Acquire))
    }

    /// Pending → Running, for whoever runs the call from the slot.
    #[inline]
    pub(crate) fn claim(&self) -> ClaimResult {
        ClaimResult::of(self.move_pending(RUNNING, STAGE | LIFTED))
    }

    /// Pending → Running, for whoever has the bytes of a lifted call.
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

    /// Pending → Done, cancelled; a call with a remote cancel not before it was `is_revoked`.
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

    /// Pending → Pending, ATTACHED: the slot holds the call's remote cancel. False if it was cancelled before.
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
    pub(crate) fn finish_cancelled(&self) {
        // ORDERING: as in `finish`.
        self.0
            .fetch_add((DONE - RUNNING) + CANCELLED, Ordering::Release);
    }

    /// The one move of a pending call; `Err` is the state that forbade it, by a bit of `not`.
    #[inline]
    fn move_pending(&self, to: u32, not: u32) -> Result<Snapshot, Snapshot> {
        // As two owners leave it: a guess, mostly right, that spares a look. A look would fetch
        // the cell from the core that made it, and the move would fetch it again to write.
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

    /// Running → Settled in one step, which nobody watching allows.
    ///
    /// With `leaving`, the caller is no owner any more when this has settled.
    #[inline]
    pub(crate) fn settle_at_once(&self, failed: bool, leaving: bool) -> AtOnce {
        let mut now = self.0.load(Ordering::Relaxed);
        loop {
            if now & (WATCHED | DETACHED) != 0 {
                return AtOnce::LongWay;
            }
            let left = now - if leaving { OWNER } else { 0 };
            let next = left | SETTLED | if failed { FAILED } else { 0 };
            // ORDERING: Release publishes the outcome to `load`, and what this owner
            // did to whoever frees the cell.
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
        self.0.load(Ordering::Relaxed) & (WATCHED | DETACHED) == 0
    }

    /// Running → Done. Callbacks come next, then [`settle`](Self::settle).
    pub(crate) fn finish(&self, failed: bool) {
        let step = (DONE - RUNNING) + if failed { FAILED } else { 0 };
        // ORDERING: Release shows whoever sees Done what the task did.
        self.0.fetch_add(step, Ordering::Release);
    }

    /// Done → Settled. True if the future is gone: the caller empties the slot.
    #[must_use]
    pub(crate) fn settle(&self) -> bool {
        // ORDERING: Release publishes the outcome to `load`; Acquire pairs with
        // `detach`, so that a future's last use of the slot comes before ours.
        self.0.fetch_add(SETTLED - DONE, Ordering::AcqRel) & DETACHED != 0
    }

    /// Done → Settled, as [`settle`](Self::settle), without a look at the watchers. `None` if there may be one.
    pub(crate) fn settle_unwatched(&self) -> Option<bool> {
        let mut now = self.0.load(Ordering::Relaxed);
        while now & WATCHED == 0 {
            // ORDERING: as in `settle`; who watches from here on sees Settled.
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

    /// Somebody is about to be put among the watchers, under their lock.
    ///
    /// Returns the state before: it may be too late to be woken.
    pub(crate) fn watch(&self) -> Snapshot {
        // ORDERING: Acquire pairs with the Release of whoever settled before.
        Snapshot(self.0.fetch_or(WATCHED, Ordering::AcqRel))
    }

    /// A guard was put among the watchers. Returns the state before.
    pub(crate) fn guard(&self) -> Snapshot {
        // ORDERING: as in `watch`.
        Snapshot(self.0.fetch_or(WATCHED | GUARDED, Ordering::AcqRel))
    }

    /// Asks a running task to stop. False if it does not run.
    pub(crate) fn stop(&self) -> bool {
        let mut now = self.0.load(Ordering::Relaxed);
        while now & STAGE == RUNNING {
            // ORDERING: a wish, not a message: it carries no data.
            let order = Ordering::Relaxed;
            match (self.0).compare_exchange_weak(now, now | STOP, order, order) {
                Ok(_) => return true,
                Err(seen) => now = seen,
            }
        }
        false
    }

    /// The value is moved out by the future, which lives on.
    pub(crate) fn take(&self) {
        // ORDERING: only the future's own thread asks for TAKEN.
        self.0.fetch_or(TAKEN, Ordering::Relaxed);
    }

    /// The future goes. True if the slot is its to empty, false if the
    /// finishing thread will do it.
    #[must_use]
    pub(crate) fn detach(&self) -> bool {
        if self.load().is_settled() {
            return true;
        }
        // ORDERING: Release pairs with the Acquire in `settle`; Acquire with the
        // Release there, if that came first.
        Snapshot(self.0.fetch_or(DETACHED, Ordering::AcqRel)).is_settled()
    }

    /// One owner more.
    pub(crate) fn join(&self) {
        // ORDERING: the new owner gets the cell from one that has it.
        if self.0.fetch_add(OWNER, Ordering::Relaxed) > TOO_MANY {
            std::process::abort();
        }
    }

    /// One owner less. True if it was the last: the caller frees the cell.
    #[inline]
    #[must_use]
    pub(crate) fn leave(&self) -> bool {
        // A single owner has nobody to race with: it need not write.
        if self.load().has_one_owner() {
            return true;
        }
        // ORDERING: Release puts every owner's uses before the last one's
        // Acquire, which puts them before the freeing.
        let last = Snapshot(self.0.fetch_sub(OWNER, Ordering::Release)).has_one_owner();
        if last {
            fence(Ordering::Acquire);
        }
        last
    }
}
