//! Who serves the inbox, and whether somebody was called to it.
//!
//! All in one word, so that each move is one step:
//!
//! ```text
//!              must_ring()                  answer()
//!   (away) - - - - - - - - -> a bell rings ----------> serving, one more
//!     ^                                                  |        ^
//!     |  leave()                               search()  |        | found()
//!     `--------------------------------------------------+--------'
//! ```
//!
//! A bell is a job in rayon's queue: some worker will come upon it. One rings at a
//! time; while it does, or while a worker searches, whoever pushes a call need do
//! nothing.
//!
//! The order that loses no call: a submitter pushes, then looks here; a worker moves
//! here (answers, stops to search, leaves), and then looks into the queue. One of
//! them sees the other. And since one bell may stand for many calls, whoever came
//! for it looks, when it has taken its first call, whether there are more, and rings
//! for the next worker.

use crate::sync::{AtomicU64, Ordering, fence, try_update};

/// One worker that serves; the count fills the low bits.
const SERVING: u64 = 1;
const COUNT: u64 = (1 << 20) - 1;

/// A bell rings, or a worker searches: somebody will look.
const RUNG: u64 = 1 << 20;
/// No more calls are taken.
pub(super) const CLOSED: u64 = 1 << 21;
/// The initializer failed: nothing more runs.
pub(super) const BROKEN: u64 = 1 << 22;
/// Somebody waits until nobody serves.
pub(super) const WATCHED: u64 = 1 << 23;

/// How often a worker came to serve, in the high bits: see [`Duty::is_over`].
const COMING: u64 = 1 << 32;

/// The duty roster of one pool.
pub(super) struct Duty(AtomicU64);

impl Duty {
    pub(super) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Whether any of `flags` is set.
    #[inline]
    pub(super) fn is(&self, flags: u64) -> bool {
        self.0.load(Ordering::SeqCst) & flags != 0
    }

    /// Sets a flag, for good.
    pub(super) fn set(&self, flag: u64) {
        self.0.fetch_or(flag, Ordering::SeqCst);
    }

    /// After a push: whether the caller must ring, which then counts as done.
    #[inline]
    pub(super) fn must_ring(&self, workers: usize) -> bool {
        // ORDERING: the push comes before this look, as the move of a worker comes
        // before its look into the queue.
        fence(Ordering::SeqCst);
        self.update(|word| may_come(word, workers).then_some(word | RUNG))
    }

    /// Whether a bell rings, or a worker searches.
    #[inline]
    pub(super) fn is_rung(&self) -> bool {
        self.is(RUNG)
    }

    /// This worker came for the bell, and serves.
    pub(super) fn answer(&self) {
        self.moved(|word| (word & !RUNG).wrapping_add(SERVING + COMING));
    }

    /// Nobody is to come for the bell any more.
    pub(super) fn silence(&self) {
        self.moved(|word| word & !RUNG);
    }

    /// This worker, which serves, looks for calls from now on. False if somebody else will look.
    pub(super) fn search(&self) -> bool {
        let is_first = self.0.fetch_or(RUNG, Ordering::SeqCst) & RUNG == 0;
        // ORDERING: see `must_ring`.
        fence(Ordering::SeqCst);
        is_first
    }

    /// The searcher has found a call.
    pub(super) fn found(&self) {
        self.silence();
    }

    /// This worker will go if one more look finds nothing; with `searching`, it was the one that searched.
    pub(super) fn leave(&self, searching: bool) {
        let off = if searching { RUNG } else { 0 };
        self.moved(|word| (word & !off) - SERVING);
    }

    /// This worker, which was about to go, serves again; false if enough others do.
    pub(super) fn come_back(&self, workers: usize) -> bool {
        let has_come = self.update(|word| {
            let has_room = word & COUNT < workers as u64;
            has_room.then(|| word.wrapping_add(SERVING + COMING))
        });
        // ORDERING: see `must_ring`.
        fence(Ordering::SeqCst);
        has_come
    }

    /// Whether nobody serves, nobody was called, and there is nothing to come for.
    ///
    /// Who is about to go still has a look into the queue, and may come back; that is why
    /// one look at each is not enough.
    pub(super) fn is_over(&self, is_empty: impl Fn() -> bool) -> bool {
        let before = self.0.load(Ordering::SeqCst);
        let is_quiet = before & (COUNT | RUNG) == 0;
        is_quiet && is_empty() && self.0.load(Ordering::SeqCst) == before
    }

    /// Whether nobody has a call, and there is none to come for: all who serve are `helping` rayon.
    ///
    /// A bell may ring: whoever comes for it finds nothing. A worker says that it helps no more before it
    /// takes a call; so the queue is looked at first here, and then how many help.
    pub(super) fn has_no_call(
        &self,
        is_empty: impl Fn() -> bool,
        helping: impl Fn() -> usize,
    ) -> bool {
        let before = self.0.load(Ordering::SeqCst);
        let all_help = || before & COUNT == helping() as u64;
        is_empty() && all_help() && self.0.load(Ordering::SeqCst) == before
    }

    /// Makes a move that a look into the queue follows.
    fn moved(&self, step: impl Fn(u64) -> u64) {
        self.update(|word| Some(step(word)));
        // ORDERING: see `must_ring`.
        fence(Ordering::SeqCst);
    }

    #[inline]
    fn update(&self, step: impl Fn(u64) -> Option<u64>) -> bool {
        try_update(&self.0, step)
    }
}

/// Whether there is a worker that neither serves nor was called.
fn may_come(word: u64, workers: usize) -> bool {
    word & RUNG == 0 && word & COUNT < workers as u64
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn one_bell_rings_at_a_time() {
        let duty = Duty::new();

        assert!(duty.must_ring(2));
        assert!(!duty.must_ring(2));

        duty.answer();
        assert!(duty.must_ring(2), "there is another worker");
    }

    #[test]
    fn nobody_is_called_who_serves() {
        let duty = Duty::new();
        duty.answer();

        assert!(!duty.must_ring(1));

        duty.leave(false);
        assert!(duty.must_ring(1));
    }

    #[test]
    fn one_worker_searches_at_a_time() {
        let duty = Duty::new();
        duty.answer();
        duty.answer();

        assert!(duty.search());
        assert!(!duty.search() && !duty.must_ring(3));

        duty.found();
        assert!(duty.search());
    }

    #[test]
    fn a_searcher_that_leaves_searches_no_more() {
        let duty = Duty::new();
        duty.answer();
        duty.search();

        duty.leave(true);

        assert!(duty.must_ring(1));
    }

    #[test]
    fn it_is_not_over_while_somebody_serves_or_was_called_or_there_is_a_call() {
        let duty = Duty::new();
        assert!(duty.is_over(|| true));
        assert!(!duty.is_over(|| false), "there is a call");

        duty.must_ring(1);
        assert!(!duty.is_over(|| true), "a bell rings");

        duty.answer();
        assert!(!duty.is_over(|| true), "a worker serves");

        duty.leave(false);
        assert!(duty.is_over(|| true));
    }

    #[test]
    fn there_is_no_call_while_all_who_serve_only_help() {
        let duty = Duty::new();
        duty.must_ring(2);
        assert!(duty.has_no_call(|| true, || 0), "a bell is no call");
        assert!(!duty.has_no_call(|| false, || 0), "there is one");

        duty.answer();
        assert!(!duty.has_no_call(|| true, || 0), "a worker may have one");
        assert!(duty.has_no_call(|| true, || 1));
    }

    #[test]
    fn it_is_not_over_if_somebody_comes_back_during_the_look() {
        let duty = Duty::new();

        let is_over = duty.is_over(|| {
            // The last look of a worker that was about to go finds a call: it takes and runs it.
            duty.come_back(1);
            duty.leave(false);
            true
        });

        assert!(!is_over);
    }
}
