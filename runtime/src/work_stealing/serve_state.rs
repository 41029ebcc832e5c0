//! Who serves the inbox, and whether somebody was called to it.
//!
//! All in one word, so that each move is one step:
//!
//! ```text
//!              must_wake()                  answer()
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
const WAKE_PENDING: u64 = 1 << 20;
/// No more calls are taken.
pub(super) const CLOSED: u64 = 1 << 21;
/// The initializer failed: nothing more runs.
pub(super) const BROKEN: u64 = 1 << 22;
/// Somebody waits until nobody serves.
pub(super) const WATCHED: u64 = 1 << 23;

/// How often a worker came to serve, in the high bits: see [`ServeState::is_over`].
const COMING: u64 = 1 << 32;

/// Who serves the inbox of one pool.
pub(super) struct ServeState(AtomicU64);

impl ServeState {
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
    pub(super) fn must_wake(&self, workers: usize) -> bool {
        // ORDERING: the push comes before this look, as the move of a worker comes
        // before its look into the queue.
        fence(Ordering::SeqCst);
        self.update(|word| may_come(word, workers).then_some(word | WAKE_PENDING))
    }

    /// Whether a bell rings, or a worker searches.
    #[inline]
    pub(super) fn is_wake_pending(&self) -> bool {
        self.is(WAKE_PENDING)
    }

    /// This worker came for the bell, and serves.
    pub(super) fn start_serving(&self) {
        self.moved(|word| (word & !WAKE_PENDING).wrapping_add(SERVING + COMING));
    }

    /// Nobody is to come for the bell any more.
    pub(super) fn clear_wake(&self) {
        self.moved(|word| word & !WAKE_PENDING);
    }

    /// This worker, which serves, looks for calls from now on. False if somebody else will look.
    pub(super) fn start_search(&self) -> bool {
        let is_first = self.0.fetch_or(WAKE_PENDING, Ordering::SeqCst) & WAKE_PENDING == 0;
        // ORDERING: see `must_wake`.
        fence(Ordering::SeqCst);
        is_first
    }

    /// The searcher has found a call.
    pub(super) fn end_search(&self) {
        self.clear_wake();
    }

    /// This worker will go if one more look finds nothing; with `searching`, it was the one that searched.
    pub(super) fn stop_serving(&self, searching: bool) {
        let off = if searching { WAKE_PENDING } else { 0 };
        self.moved(|word| (word & !off) - SERVING);
    }

    /// This worker, which was about to go, serves again; false if enough others do.
    pub(super) fn resume_serving(&self, workers: usize) -> bool {
        let has_come = self.update(|word| {
            let has_room = word & COUNT < workers as u64;
            has_room.then(|| word.wrapping_add(SERVING + COMING))
        });
        // ORDERING: see `must_wake`.
        fence(Ordering::SeqCst);
        has_come
    }

    /// Whether nobody serves, nobody was called, and there is nothing to come for.
    ///
    /// Who is about to go still has a look into the queue, and may come back; that is why
    /// one look at each is not enough.
    pub(super) fn is_over(&self, is_empty: impl Fn() -> bool) -> bool {
        let before = self.0.load(Ordering::SeqCst);
        let is_quiet = before & (COUNT | WAKE_PENDING) == 0;
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
        // ORDERING: see `must_wake`.
        fence(Ordering::SeqCst);
    }

    #[inline]
    fn update(&self, step: impl Fn(u64) -> Option<u64>) -> bool {
        try_update(&self.0, step)
    }
}

/// Whether there is a worker that neither serves nor was called.
fn may_come(word: u64, workers: usize) -> bool {
    word & WAKE_PENDING == 0 && word & COUNT < workers as u64
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn one_bell_rings_at_a_time() {
        let serve_state = ServeState::new();

        assert!(serve_state.must_wake(2));
        assert!(!serve_state.must_wake(2));

        serve_state.start_serving();
        assert!(serve_state.must_wake(2), "there is another worker");
    }

    #[test]
    fn nobody_is_called_who_serves() {
        let serve_state = ServeState::new();
        serve_state.start_serving();

        assert!(!serve_state.must_wake(1));

        serve_state.stop_serving(false);
        assert!(serve_state.must_wake(1));
    }

    #[test]
    fn one_worker_searches_at_a_time() {
        let serve_state = ServeState::new();
        serve_state.start_serving();
        serve_state.start_serving();

        assert!(serve_state.start_search());
        assert!(!serve_state.start_search() && !serve_state.must_wake(3));

        serve_state.end_search();
        assert!(serve_state.start_search());
    }

    #[test]
    fn a_searcher_that_leaves_searches_no_more() {
        let serve_state = ServeState::new();
        serve_state.start_serving();
        serve_state.start_search();

        serve_state.stop_serving(true);

        assert!(serve_state.must_wake(1));
    }

    #[test]
    fn it_is_not_over_while_somebody_serves_or_was_called_or_there_is_a_call() {
        let serve_state = ServeState::new();
        assert!(serve_state.is_over(|| true));
        assert!(!serve_state.is_over(|| false), "there is a call");

        serve_state.must_wake(1);
        assert!(!serve_state.is_over(|| true), "a bell rings");

        serve_state.start_serving();
        assert!(!serve_state.is_over(|| true), "a worker serves");

        serve_state.stop_serving(false);
        assert!(serve_state.is_over(|| true));
    }

    #[test]
    fn there_is_no_call_while_all_who_serve_only_help() {
        let serve_state = ServeState::new();
        serve_state.must_wake(2);
        assert!(serve_state.has_no_call(|| true, || 0), "a bell is no call");
        assert!(!serve_state.has_no_call(|| false, || 0), "there is one");

        serve_state.start_serving();
        assert!(
            !serve_state.has_no_call(|| true, || 0),
            "a worker may have one"
        );
        assert!(serve_state.has_no_call(|| true, || 1));
    }

    #[test]
    fn it_is_not_over_if_somebody_comes_back_during_the_look() {
        let serve_state = ServeState::new();

        let is_over = serve_state.is_over(|| {
            // The last look of a worker that was about to go finds a call: it takes and runs it.
            serve_state.resume_serving(1);
            serve_state.stop_serving(false);
            true
        });

        assert!(!is_over);
    }
}
