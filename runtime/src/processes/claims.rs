//! Who has a call: one word that parent and worker move by compare-exchange.
//!
//! Calls go to a worker in flights: a call alone, or several items of a chunk, which run one after another. The word
//! of a batch says where it ends, how far the worker has come in it, and who has the item there.
//!
//! ```text
//!   parent                      one word a batch                        worker
//!
//!   send() ----------------->  Sent, item 0 ------- revoke(0) ------> Revoked
//!                                |
//!                                |  claim()             revoke(k): it ends at k
//!                                v                           |
//!                    .---->  Claimed, item i <---------------'
//!      advance():    |           |     |
//!      the result    |           |     `---- condemn(i) ------------> Condemned
//!      of i has left |           |
//!                    `-- i + 1 <-'--> Done, if the batch ends there
//! ```
//!
//! - The word holds the batch's number beside its stage. Numbers do not come again while it matters, so that a move
//!   which was meant for an earlier batch in the same word fails.
//! - A worker claims an item before it decodes it, and sends its result before it claims the next. So of a dead
//!   worker's calls exactly the one at Claimed was running; those before it are done, those behind it untouched.
//! - Whoever loses a compare-exchange leaves the call alone: what was revoked is never run here, a
//!   condemned item gives no result. A worker that finds itself condemned claims nothing more, so that a kill which
//!   follows a `condemn` never hits the next call.
//! - The parent trusts nothing it reads: what is not clearly unclaimed counts as claimed.
//! - A word is given to another batch only when its last one is over on both sides: while a worker is between
//!   its last result and Done, `send` refuses.

mod state;

use std::sync::atomic::{AtomicU64, Ordering};

pub(super) use state::MAX_ITEMS;
use state::{ClaimState, Stage};

/// Counts the batches that one worker is sent; from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct BatchNumber(pub(super) u64);

impl BatchNumber {
    pub(super) const FIRST: Self = Self(1);

    /// The number `steps` earlier, if it was used.
    pub(super) fn minus(self, steps: u64) -> Option<Self> {
        self.0
            .checked_sub(steps)
            .filter(|number| *number > 0)
            .map(Self)
    }

    /// The next number.
    pub(super) fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// As much of it as a word holds: the few that are in use at a time differ there.
    fn low(self) -> u64 {
        state::low(self.0)
    }
}

/// One word of the table, wherever it lies.
pub(super) trait Word {
    fn load(&self) -> u64;

    /// Whether the word was `from`, and is `to` from here on.
    fn exchange(&self, from: u64, to: u64) -> bool;
}

impl Word for AtomicU64 {
    fn load(&self) -> u64 {
        // ORDERING: Acquire shows what the other side did before its move.
        self.load(Ordering::Acquire)
    }

    fn exchange(&self, from: u64, to: u64) -> bool {
        // ORDERING: Release shows the other side what was done before the move, the result
        // that has left above all; Acquire as in `load`.
        self.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

/// What came of giving a word to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Handover {
    /// The batch has it.
    Sent,
    /// The last batch there is not over on the worker's side.
    InUse,
    /// It says what it cannot say: somebody has overwritten it.
    Corrupt,
}

/// What a worker is to do next in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum ClaimStep {
    /// Run this item: it is claimed.
    Run(usize),
    /// Nothing of the batch is left.
    Over,
    /// Wait for the end: the item was condemned.
    Condemned,
    /// End: somebody has overwritten the word.
    Corrupt,
}

/// How a batch stands, as its word tells the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Observed {
    /// Nobody has claimed any of it.
    Sent,
    /// The worker runs this item.
    Claimed(usize),
    /// The worker is through with it.
    Over,
    /// It says what it cannot say.
    Corrupt,
}

/// The claim on one batch: its number, and the word that it has for now.
pub(super) struct Claim<'a, W> {
    word: &'a W,
    number: BatchNumber,
}

impl<'a, W: Word> Claim<'a, W> {
    pub(super) fn new(word: &'a W, number: BatchNumber) -> Self {
        Self { word, number }
    }

    /// Parent: gives the word to this batch of so many items; `last` had it before, if any.
    pub(super) fn send(&self, last: Option<BatchNumber>, items: usize) -> Handover {
        let now = self.word.load();
        let is_free = match (ClaimState::read(now), last) {
            (None, None) => now == 0,
            (Some(state), Some(last)) if state.number == last.low() => match state.stage {
                Stage::Claimed | Stage::Condemned => return Handover::InUse,
                Stage::Done | Stage::Revoked => true,
                Stage::Sent => false,
            },
            _ => false,
        };
        let sent = self.state(Stage::Sent, 0, items);
        if is_free && self.word.exchange(now, sent.word()) {
            return Handover::Sent;
        }
        Handover::Corrupt
    }

    /// Worker: takes the first item, to run it. Over if all was revoked.
    pub(super) fn claim(&self) -> ClaimStep {
        loop {
            let now = self.word.load();
            match ClaimState::read(now) {
                Some(state) if self.is(state, Stage::Sent) => {
                    let stage = Stage::Claimed;
                    if self
                        .word
                        .exchange(now, ClaimState { stage, ..state }.word())
                    {
                        return ClaimStep::Run(state.item);
                    }
                }
                Some(state) if self.was_revoked(state) => return ClaimStep::Over,
                _ => return ClaimStep::Corrupt,
            }
        }
    }

    /// Worker, before it claims any of the batch: whether the parent has taken all of it back.
    pub(super) fn is_revoked(&self) -> bool {
        ClaimState::read(self.word.load()).is_some_and(|state| self.was_revoked(state))
    }

    /// Worker: the result of `item` has left; takes the next.
    pub(super) fn advance(&self, item: usize) -> ClaimStep {
        self.end_item(item, ClaimState::next)
    }

    /// Worker: the result of `item` has left; leaves what comes after it to others.
    pub(super) fn leave(&self, item: usize) -> ClaimStep {
        self.end_item(item, ClaimState::last)
    }

    #[inline]
    fn end_item(&self, item: usize, next: impl Fn(ClaimState) -> ClaimState) -> ClaimStep {
        loop {
            let now = self.word.load();
            match ClaimState::read(now) {
                Some(state) if self.is(state, Stage::Claimed) && state.item == item => {
                    let next = next(state);
                    if self.word.exchange(now, next.word()) {
                        let is_over = next.stage == Stage::Done;
                        return if is_over {
                            ClaimStep::Over
                        } else {
                            ClaimStep::Run(next.item)
                        };
                    }
                }
                Some(state) if self.is(state, Stage::Condemned) => return ClaimStep::Condemned,
                _ => return ClaimStep::Corrupt,
            }
        }
    }

    /// Parent: takes back what of the items from `keep` on was not claimed, of a batch that ends at `end`. Says where it
    /// ends from here on.
    pub(super) fn revoke(&self, keep: usize, end: usize) -> usize {
        // A worker that is honest moves the word so often at most.
        for _ in 0..=MAX_ITEMS {
            let now = self.word.load();
            let Some((state, claimed)) =
                ClaimState::read(now).and_then(|state| self.claimed(state))
            else {
                return end;
            };
            let to = keep.max(claimed).min(end);
            if to == end || state.stage == Stage::Done {
                return to;
            }
            let stage = if to == 0 { Stage::Revoked } else { state.stage };
            let next = ClaimState {
                end: to,
                stage,
                ..state
            };
            if self.word.exchange(now, next.word()) {
                return to;
            }
        }
        end
    }

    /// Parent: the item is to end with its worker, which is killed next. False if it is not running.
    pub(super) fn condemn(&self, item: usize) -> bool {
        for _ in 0..=MAX_ITEMS {
            let now = self.word.load();
            let Some(state) = ClaimState::read(now) else {
                return false;
            };
            if !self.is(state, Stage::Claimed) || state.item != item {
                return false;
            }
            let stage = Stage::Condemned;
            if self
                .word
                .exchange(now, ClaimState { stage, ..state }.word())
            {
                return true;
            }
        }
        false
    }

    /// Parent: how a batch of so many items stands that was not answered in full.
    pub(super) fn observe(&self, end: usize) -> Observed {
        let Some(state) = ClaimState::read(self.word.load()) else {
            return Observed::Corrupt;
        };
        match state.stage {
            _ if state.number != self.number.low() || state.item >= end => Observed::Corrupt,
            Stage::Sent if state.end == end => Observed::Sent,
            Stage::Claimed if state.end == end => Observed::Claimed(state.item),
            // A worker that leaves has shortened it.
            Stage::Done if state.end <= end => Observed::Over,
            _ => Observed::Corrupt,
        }
    }

    /// The state, and how many of its items are claimed or done; `None` if that cannot be told.
    fn claimed(&self, state: ClaimState) -> Option<(ClaimState, usize)> {
        match state.stage {
            _ if state.number != self.number.low() => None,
            Stage::Sent => Some((state, 0)),
            Stage::Claimed => Some((state, state.item + 1)),
            // A worker that leaves has the rest untouched.
            Stage::Done => Some((state, state.end)),
            _ => None,
        }
    }

    /// Worker, which finds no item sent: whether the parent can have taken all back.
    fn was_revoked(&self, state: ClaimState) -> bool {
        // By then the word may be that of a later batch.
        let is_later = state::is_later(state.number, self.number.low());
        is_later || self.is(state, Stage::Revoked)
    }

    fn is(&self, state: ClaimState, stage: Stage) -> bool {
        state.number == self.number.low() && state.stage == stage
    }

    fn state(&self, stage: Stage, item: usize, end: usize) -> ClaimState {
        ClaimState {
            number: self.number.low(),
            end,
            item,
            stage,
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
