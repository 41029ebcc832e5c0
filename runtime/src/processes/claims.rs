//! Who has a call: one word that parent and worker move by compare-exchange.
//!
//! ```text
//!   parent                         one word a call                       worker
//!
//!   send() ---------------------->  n Sent ----------- recall() -----> n Recalled
//!                                     |
//!                                     |  claim()  (worker)
//!                                     v
//!                                  n Claimed -------- condemn() ----> n Condemned
//!                                     |
//!                   result has left,  |  finish()  (worker)
//!                                     v
//!                                   n Done
//! ```
//!
//! - The word holds the call's number beside its stage. A number is used once a worker, so that a move which
//!   was meant for an earlier call in the same word fails.
//! - A worker claims before it decodes, one call at a time, and sends the result before `finish`. So of
//!   a dead worker's calls exactly the one at Claimed was running.
//! - Whoever loses a compare-exchange leaves the call alone: a recalled call is never run here, a
//!   condemned one gives no result. A worker whose `finish` fails claims nothing more, so that a kill which
//!   follows a `condemn` never hits the next call.
//! - The parent trusts nothing it reads: a word that is not at Sent counts as claimed.
//! - A word is given to another call only when its last one is over on both sides: while a worker is between
//!   its result and `finish`, `send` refuses.

use std::sync::atomic::{AtomicU64, Ordering};

const STAGE_BITS: u32 = 3;

/// Counts the calls, and the items of chunks, that one worker is sent; from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number(pub(super) u64);

impl Number {
    pub(super) const FIRST: Self = Self(1);

    /// The number `steps` earlier, if it was used.
    pub(super) fn minus(self, steps: u64) -> Option<Self> {
        self.0
            .checked_sub(steps)
            .filter(|number| *number > 0)
            .map(Self)
    }

    /// The number `steps` later.
    pub(super) fn plus(self, steps: u64) -> Self {
        Self(self.0 + steps)
    }
}

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Stage {
    Sent = 1,
    Claimed = 2,
    Done = 3,
    Recalled = 4,
    Condemned = 5,
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

/// What came of giving a word to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Given {
    /// The call has it.
    Sent,
    /// The last call there is not over on the worker's side.
    InUse,
    /// It says what it cannot say: somebody has overwritten it.
    Wild,
}

/// The claim on one call: its number, and the word that it has for now.
pub(super) struct Claim<'a, W> {
    word: &'a W,
    number: Number,
}

impl<'a, W: Word> Claim<'a, W> {
    pub(super) fn new(word: &'a W, number: Number) -> Self {
        Self { word, number }
    }

    /// Parent: gives the word to this call; `last` had it before, if any.
    pub(super) fn send(&self, last: Option<Number>) -> Given {
        let now = self.word.load();
        let last = last.map_or(0, |last| last.0);
        let is_empty = now == 0 && last == 0;
        let over = [Stage::Done, Stage::Recalled];
        let in_use = [Stage::Claimed, Stage::Condemned];
        let is_at = |stages: [Stage; 2]| stages.into_iter().any(|stage| now == word(last, stage));
        if is_at(in_use) {
            return Given::InUse;
        }
        if (is_empty || is_at(over)) && self.word.exchange(now, self.at(Stage::Sent)) {
            return Given::Sent;
        }
        Given::Wild
    }

    /// Worker: takes the call, to run it. False if it was recalled.
    pub(super) fn claim(&self) -> bool {
        self.step(Stage::Sent, Stage::Claimed)
    }

    /// Worker: the result has left. False if the call was condemned: claim nothing more.
    pub(super) fn finish(&self) -> bool {
        self.step(Stage::Claimed, Stage::Done)
    }

    /// Parent: takes the call back. False if it was claimed: leave it to the worker.
    pub(super) fn recall(&self) -> bool {
        self.step(Stage::Sent, Stage::Recalled)
    }

    /// Parent: the call is to end with its worker, which is killed next. False if it has ended.
    pub(super) fn condemn(&self) -> bool {
        self.step(Stage::Claimed, Stage::Condemned)
    }

    /// Whether the word says that nobody has claimed the call. What else it says counts as claimed.
    pub(super) fn is_sent(&self) -> bool {
        self.word.load() == self.at(Stage::Sent)
    }

    /// Worker, whose `claim` failed: whether the parent can have done that.
    pub(super) fn was_recalled(&self) -> bool {
        let word = self.word.load();
        // By now the word may be that of a later call.
        let is_later = word >> STAGE_BITS > self.number.0;
        word == self.at(Stage::Recalled) || is_later && stage(word) <= Stage::Condemned as u64
    }

    /// Parent, of a call without an answer: whether the word says what it can say.
    pub(super) fn makes_sense(&self) -> bool {
        let word = self.word.load();
        let expected = [Stage::Sent, Stage::Claimed, Stage::Done];
        expected.into_iter().any(|stage| word == self.at(stage))
    }

    /// Worker, whose `finish` failed: whether the parent can have done that.
    pub(super) fn was_condemned(&self) -> bool {
        self.word.load() == self.at(Stage::Condemned)
    }

    /// Whether the worker runs the call.
    pub(super) fn is_claimed(&self) -> bool {
        self.word.load() == self.at(Stage::Claimed)
    }

    fn step(&self, from: Stage, to: Stage) -> bool {
        self.word.exchange(self.at(from), self.at(to))
    }

    fn at(&self, stage: Stage) -> u64 {
        word(self.number.0, stage)
    }
}

/// The word of a call at this stage.
fn word(number: u64, stage: Stage) -> u64 {
    number << STAGE_BITS | stage as u64
}

/// The stage in a word, if it is one.
fn stage(word: u64) -> u64 {
    word & ((1 << STAGE_BITS) - 1)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_claimed_once() {
        let word = AtomicU64::new(0);
        let claim = Claim::new(&word, Number::FIRST);
        assert_eq!(claim.send(None), Given::Sent);
        assert!(claim.is_sent());

        assert!(claim.claim() && claim.is_claimed());

        assert!(!claim.claim() && !claim.recall());
        assert!(claim.finish() && !claim.condemn());
    }

    #[test]
    fn a_move_meant_for_an_earlier_call_fails() {
        let word = AtomicU64::new(0);
        let (first, second) = (Number::FIRST, Number::FIRST.plus(1));
        let (first, second) = (Claim::new(&word, first), Claim::new(&word, second));
        assert_eq!(first.send(None), Given::Sent);
        assert!(first.recall());

        assert_eq!(second.send(Some(Number::FIRST)), Given::Sent);

        assert!(!first.claim() && !first.recall());
        assert!(second.claim());
    }

    #[test]
    fn a_word_is_not_given_away_while_its_call_is_claimed() {
        let word = AtomicU64::new(0);
        let claim = Claim::new(&word, Number::FIRST);
        let next = Claim::new(&word, Number::FIRST.plus(1));
        assert_eq!(claim.send(None), Given::Sent);
        assert!(claim.claim());

        assert_eq!(next.send(Some(Number::FIRST)), Given::InUse);

        assert!(claim.finish());
        assert_eq!(next.send(Some(Number::FIRST)), Given::Sent);
    }

    #[test]
    fn a_word_that_was_overwritten_is_given_to_nobody() {
        let first = Number::FIRST;
        let written = [u64::MAX, 1, word(7, Stage::Claimed), word(7, Stage::Done)];
        for written in written {
            let overwritten = AtomicU64::new(written);

            assert_eq!(Claim::new(&overwritten, first).send(None), Given::Wild);
        }
    }
}
