//! The claim on a batch: one atomic word that parent and worker move by compare-exchange.
//!
//! Calls are sent to a worker in batches: a call alone, or items of a chunk, which run one after
//! another. The word of a batch says where it ends, which item is at its turn, and which side has
//! that item.
//!
//! ```text
//!   parent                      one word a batch                         worker
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
//! What always holds:
//!
//! - The word holds the number of the batch beside its stage, against ABA: a move that was meant
//!   for an earlier batch in the same word fails. Numbers recur after 2^33 batches.
//! - A worker claims an item before it decodes it, and sends its result before it claims the next.
//!   So exactly one item of a dead worker was running, the one at Claimed; earlier ones are done,
//!   later ones untouched.
//! - The side that loses a compare-exchange leaves the call alone: a revoked item never runs there,
//!   a condemned item gives no result. A condemned worker claims nothing more, so the kill that
//!   follows `condemn` never hits the next call.
//! - The parent trusts nothing that it reads: what is not clearly unclaimed counts as claimed.
//! - A word is handed over to another batch only when the last one is over on both sides: while a
//!   worker is between its last result and Done, `send` refuses.

mod state;

use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) use state::MAX_ITEMS;
use state::{ClaimState, Stage};

/// The number of a batch, counted by worker, from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BatchNumber(pub(crate) u64);

impl BatchNumber {
    pub(crate) const FIRST: Self = Self(1);

    /// The number `steps` earlier, if there was one.
    pub(crate) fn minus(self, steps: u64) -> Option<Self> {
        self.0
            .checked_sub(steps)
            .filter(|number| *number > 0)
            .map(Self)
    }

    /// The next number.
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The bits that a word holds: numbers in use at the same time differ in them.
    fn low(self) -> u64 {
        state::low(self.0)
    }
}

/// A word of the claim table: an atomic in shared memory, or a model of one.
pub(crate) trait Word {
    fn load(&self) -> u64;

    /// Moves the word from `from` to `to`. False if it was not `from`.
    fn exchange(&self, from: u64, to: u64) -> bool;
}

/// Makes an atomic a word. It is written once, so that loom's models have the orderings of the
/// program.
macro_rules! word {
    ($atomic:ty) => {
        impl Word for $atomic {
            fn load(&self) -> u64 {
                // ORDERING: Acquire pairs with the Release in `exchange`: shows what the other side
                // did before its move.
                self.load(Ordering::Acquire)
            }

            fn exchange(&self, from: u64, to: u64) -> bool {
                // ORDERING: Release shows the other side what happened before the move, above all
                // the result that has left; Acquire as in `load`.
                self.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
                    .is_ok()
            }
        }
    };
}

word!(AtomicU64);
#[cfg(all(loom, test))]
word!(loom::sync::atomic::AtomicU64);

/// The outcome of handing a word over to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Handover {
    /// The batch has the word.
    Sent,
    /// The last batch of the word is not over on the worker's side.
    InUse,
    /// The word holds an impossible value: it was overwritten.
    Corrupt,
}

/// What a worker does next in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum ClaimStep {
    /// It has claimed this item: run it.
    Run(usize),
    /// The batch is over.
    Over,
    /// The item was condemned: wait for the kill.
    Condemned,
    /// The word holds an impossible value: end.
    Corrupt,
}

/// The state of a batch as its word tells the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Observed {
    /// The worker has claimed no item.
    Sent,
    /// The worker has claimed this item, and runs it.
    Claimed(usize),
    /// The worker has sent all results.
    Over,
    /// The word holds an impossible value.
    Corrupt,
}

/// The claim on one batch: its number, and its word.
pub(crate) struct Claim<'a, W> {
    word: &'a W,
    number: BatchNumber,
}

impl<'a, W: Word> Claim<'a, W> {
    pub(crate) fn new(word: &'a W, number: BatchNumber) -> Self {
        Self { word, number }
    }

    /// Parent: hands the word over to this batch of `items` items; `last` is the batch that had it
    /// before, if there was one.
    pub(crate) fn send(&self, last: Option<BatchNumber>, items: usize) -> Handover {
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

    /// Worker: claims the first item. Over if the batch was revoked.
    pub(crate) fn claim(&self) -> ClaimStep {
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

    /// Worker, before its first claim: whether the batch was revoked.
    pub(crate) fn is_revoked(&self) -> bool {
        ClaimState::read(self.word.load()).is_some_and(|state| self.was_revoked(state))
    }

    /// Worker: the result of `item` has left; claims the next one.
    pub(crate) fn advance(&self, item: usize) -> ClaimStep {
        self.end_item(item, ClaimState::next)
    }

    /// Worker: the result of `item` has left; gives up the later ones.
    pub(crate) fn leave(&self, item: usize) -> ClaimStep {
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

    /// Parent: revokes the unclaimed items from `keep` on, of a batch that ends at `end`. Returns
    /// its new end.
    pub(crate) fn revoke(&self, keep: usize, end: usize) -> usize {
        // An honest worker moves the word at most this often; a corrupt one cannot keep the parent
        // here.
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

    /// Parent: marks the item as ending with its worker, which is killed next. False if it is not
    /// running.
    pub(crate) fn condemn(&self, item: usize) -> bool {
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

    /// Parent: the state of a batch of `end` items that is not answered in full.
    pub(crate) fn observe(&self, end: usize) -> Observed {
        let Some(state) = ClaimState::read(self.word.load()) else {
            return Observed::Corrupt;
        };
        match state.stage {
            _ if state.number != self.number.low() || state.item >= end => Observed::Corrupt,
            Stage::Sent if state.end == end => Observed::Sent,
            Stage::Claimed if state.end == end => Observed::Claimed(state.item),
            // A worker that gave the rest up has shortened it.
            Stage::Done if state.end <= end => Observed::Over,
            _ => Observed::Corrupt,
        }
    }

    /// The state, and the number of claimed or done items; `None` if it cannot be told.
    fn claimed(&self, state: ClaimState) -> Option<(ClaimState, usize)> {
        match state.stage {
            _ if state.number != self.number.low() => None,
            Stage::Sent => Some((state, 0)),
            Stage::Claimed => Some((state, state.item + 1)),
            // A worker that gave the rest up has not touched it.
            Stage::Done => Some((state, state.end)),
            _ => None,
        }
    }

    /// Worker, if the word is not Sent: whether the batch can have been revoked.
    fn was_revoked(&self, state: ClaimState) -> bool {
        // The word may belong to a later batch by now.
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
