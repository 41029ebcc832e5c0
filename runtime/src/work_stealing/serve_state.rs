//! Who serves the inbox, and whether a worker was woken for it.
//!
//! All in one word, so that each move is one atomic step:
//!
//! ```text
//!              must_wake()                start_serving()
//!   (away) - - - - - - - - -> wake pending -------------> serving, one more
//!     ^                                                     |        ^
//!     |  stop_serving()                     start_search()  |        | end_search()
//!     `-----------------------------------------------------+--------'
//! ```
//!
//! A wake job lies in rayon's queue until some worker finds it. One is pending at a time; while it
//! is, or while a worker searches, a submitter need do nothing after its push.
//!
//! **No lost wakeup**: a submitter pushes, then reads this word; a worker moves here (starts to
//! serve, ends its search, stops to serve), then rechecks the queue. One of them sees the other.
//! And since one wake may stand for many calls, the worker that came for it checks, when it has
//! taken its first call, whether there are more, and wakes the next worker.

use crate::sync::{AtomicU64, Ordering, fence, try_update};

/// One worker that serves; the count fills the low bits.
const SERVING: u64 = 1;
const COUNT: u64 = (1 << 20) - 1;

/// A wake is pending, or a worker searches: a worker will look into the queue.
const WAKE_PENDING: u64 = 1 << 20;
/// No more calls are taken.
pub(super) const CLOSED: u64 = 1 << 21;
/// The initializer failed: nothing more runs.
pub(super) const BROKEN: u64 = 1 << 22;
/// A thread waits until no worker serves.
pub(super) const WATCHED: u64 = 1 << 23;

/// Counts the starts of serving, in the high bits: [`ServeState::is_over`] sees each (no ABA).
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
        // ORDERING: SeqCst, as every access to this word; see `must_wake`.
        self.0.load(Ordering::SeqCst) & flags != 0
    }

    /// Sets a flag, for good.
    pub(super) fn set(&self, flag: u64) {
        // ORDERING: as in `is`.
        self.0.fetch_or(flag, Ordering::SeqCst);
    }

    /// After a push: whether the caller must wake a worker. The wake then counts as pending.
    #[inline]
    pub(super) fn must_wake(&self, workers: usize) -> bool {
        // ORDERING: the push comes before this look, as the move of a worker comes before its look
        // into the queue, in the one order of all SeqCst operations: no lost wakeup.
        fence(Ordering::SeqCst);
        self.update(|word| may_come(word, workers).then_some(word | WAKE_PENDING))
    }

    /// Whether a wake is pending, or a worker searches.
    #[inline]
    pub(super) fn is_wake_pending(&self) -> bool {
        self.is(WAKE_PENDING)
    }

    /// This worker answers the pending wake, and serves.
    pub(super) fn start_serving(&self) {
        self.moved(|word| (word & !WAKE_PENDING).wrapping_add(SERVING + COMING));
    }

    /// No worker will answer the pending wake.
    pub(super) fn clear_wake(&self) {
        self.moved(|word| word & !WAKE_PENDING);
    }

    /// This worker, which serves, searches the queue from here on. False if another one will look.
    pub(super) fn start_search(&self) -> bool {
        // ORDERING: see `must_wake`.
        let is_first = self.0.fetch_or(WAKE_PENDING, Ordering::SeqCst) & WAKE_PENDING == 0;
        fence(Ordering::SeqCst);
        is_first
    }

    /// The searcher has found a call.
    pub(super) fn end_search(&self) {
        self.clear_wake();
    }

    /// This worker leaves if one more look finds nothing. `searching` says that it has searched.
    pub(super) fn stop_serving(&self, searching: bool) {
        let off = if searching { WAKE_PENDING } else { 0 };
        self.moved(|word| (word & !off) - SERVING);
    }

    /// This worker, which was about to leave, serves again. False if enough others do.
    pub(super) fn resume_serving(&self, workers: usize) -> bool {
        let has_come = self.update(|word| {
            let has_room = word & COUNT < workers as u64;
            has_room.then(|| word.wrapping_add(SERVING + COMING))
        });
        // ORDERING: see `must_wake`.
        fence(Ordering::SeqCst);
        has_come
    }

    /// Whether no worker serves, no wake is pending, and the queue is empty.
    ///
    /// A worker that is about to leave rechecks the queue and may serve again, so the word is read
    /// before and after the queue.
    pub(super) fn is_over(&self, is_empty: impl Fn() -> bool) -> bool {
        // ORDERING: as in `is`.
        let before = self.0.load(Ordering::SeqCst);
        let is_quiet = before & (COUNT | WAKE_PENDING) == 0;
        is_quiet && is_empty() && self.0.load(Ordering::SeqCst) == before
    }

    /// Whether no worker has a call and the queue is empty: all workers that serve help rayon.
    ///
    /// A wake may be pending: the worker that answers it finds nothing. A worker clears `helps`
    /// before it takes a call, so the queue is read first here, and then the number that help.
    pub(super) fn has_no_call(
        &self,
        is_empty: impl Fn() -> bool,
        helping: impl Fn() -> usize,
    ) -> bool {
        // ORDERING: as in `is`.
        let before = self.0.load(Ordering::SeqCst);
        let all_help = || before & COUNT == helping() as u64;
        is_empty() && all_help() && self.0.load(Ordering::SeqCst) == before
    }

    /// Makes a move after which the caller rechecks the queue.
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

/// Whether there is a worker that does not serve, and no wake is pending.
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
        assert!(!serve_state.is_over(|| true), "a wake is pending");

        serve_state.start_serving();
        assert!(!serve_state.is_over(|| true), "a worker serves");

        serve_state.stop_serving(false);
        assert!(serve_state.is_over(|| true));
    }

    #[test]
    fn there_is_no_call_while_all_who_serve_only_help() {
        let serve_state = ServeState::new();
        serve_state.must_wake(2);
        assert!(serve_state.has_no_call(|| true, || 0), "a wake is no call");
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
            // The last look of a worker that is about to leave finds a call: it runs it.
            serve_state.resume_serving(1);
            serve_state.stop_serving(false);
            true
        });

        assert!(!is_over);
    }
}
