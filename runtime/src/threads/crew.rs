//! Who works: threads, idle ones, woken ones, and whether the pool is closing.
//!
//! All in one word, so that each move is one step:
//!
//! ```text
//!              hire()            search()                give_up()
//!   (nobody) ---------> working -----------> searching -----------> idle
//!                       ^  ^  |                  |        try_wake() |  | leave()
//!             resume()  |  |  | unhire()         |                   v  v
//!                       |  |  v                  |                woken gone
//!                       |  | gone     found()    |                  |
//!                       |  `---------------------'                  |
//!                       `-------------------------------------------'
//! ```
//!
//! One worker at a time is *searching*: it has nothing to do and looks into the
//! queue without sleeping. Who pushes while there is one need do nothing. Others
//! with nothing to do are *idle*. A waker does not choose among them: it turns
//! one idle into one *woken*, and the first worker that resumes takes that off. So
//! idle + woken is the number of workers that have announced themselves, always.
//!
//! The order that loses no job: a submitter pushes, then looks here; a worker
//! moves to searching, idle or away, or stops to search, and then looks into the
//! queue. One of them sees the other. Only `leave` needs no look: it succeeds while
//! an idle worker is counted, so that who looked before saw somebody to wake, and
//! who looks after sees room to hire. And since a searcher takes one job where
//! several may have been pushed, whoever has searched, was woken or hired, looks
//! after its first job whether there are more, and sends the next one.

use crate::sync::{AtomicU64, Ordering, keep_order, try_update};

const BITS: u32 = 20;
/// More threads than any system starts.
pub(crate) const MAX_THREADS: usize = (1 << BITS) - 1;

const THREAD: u64 = 1;
const IDLE: u64 = 1 << BITS;
const WOKEN: u64 = 1 << (2 * BITS);

/// A worker looks into the queue and does not sleep.
const SEARCHING: u64 = 1 << 63;
/// No more calls are taken.
pub(crate) const CLOSED: u64 = 1 << 60;
/// The initializer failed: nothing more runs.
pub(crate) const BROKEN: u64 = 1 << 61;
/// The program is leaving: calls are taken, but no thread waits for them.
pub(crate) const DRAINING: u64 = 1 << 62;

fn count(word: u64, unit: u64) -> u64 {
    (word / unit) & MAX_THREADS as u64
}

/// The crew of one pool.
#[derive(Default)]
pub(crate) struct Crew(AtomicU64);

impl Crew {
    /// Threads that were hired and have not left.
    pub(crate) fn threads(&self) -> usize {
        let threads = count(self.0.load(Ordering::SeqCst), THREAD);
        usize::try_from(threads).expect("the count has twenty bits")
    }

    /// Whether any of `flags` is set.
    #[inline]
    pub(crate) fn is(&self, flags: u64) -> bool {
        self.0.load(Ordering::SeqCst) & flags != 0
    }

    /// Whether workers leave when they find nothing to do.
    pub(crate) fn is_closing(&self) -> bool {
        self.is(CLOSED | BROKEN | DRAINING)
    }

    /// Takes a flag back.
    pub(crate) fn clear(&self, flag: u64) {
        self.0.fetch_and(!flag, Ordering::SeqCst);
    }

    /// Sets a flag.
    pub(crate) fn set(&self, flag: u64) {
        self.0.fetch_or(flag, Ordering::SeqCst);
    }

    /// After a push: whether a worker must be woken or hired, or the pool is closing.
    #[inline]
    pub(crate) fn needs_worker(&self, workers: usize) -> bool {
        // ORDERING: the push comes before this look, as the move of a worker comes before its
        // look into the queue, in the one order of all SeqCst operations; see `queue`.
        let word = self.0.load(Ordering::SeqCst);
        // Somebody searches; or nobody is idle, and as many threads as may be.
        // Neither if there is a flag. The woken count for nothing.
        let is_served = word & SEARCHING != 0 || word & !ALL_WOKEN == workers as u64;
        !is_served || word & (CLOSED | BROKEN | DRAINING) != 0
    }

    /// Whether one more may be hired.
    pub(crate) fn has_room(&self, workers: usize) -> bool {
        count(self.0.load(Ordering::Relaxed), THREAD) < workers as u64
    }

    /// One thread more, unless there are `workers` already.
    pub(crate) fn hire(&self, workers: usize) -> bool {
        self.update(|word| (count(word, THREAD) < workers as u64).then(|| word + THREAD))
    }

    /// This worker looks for work from now on. False if another one does.
    pub(crate) fn search(&self) -> bool {
        let is_first = self.0.fetch_or(SEARCHING, Ordering::SeqCst) & SEARCHING == 0;
        // ORDERING: see `needs_worker`.
        keep_order();
        is_first
    }

    /// The searcher has found a job, and is working again.
    pub(crate) fn found(&self) {
        self.0.fetch_and(!SEARCHING, Ordering::SeqCst);
        // ORDERING: see `needs_worker`.
        keep_order();
    }

    /// The searcher will sleep if one more look finds nothing.
    pub(crate) fn give_up(&self) {
        self.update(|word| Some((word & !SEARCHING) + IDLE));
        // ORDERING: see `needs_worker`.
        keep_order();
    }

    /// This worker will sleep if one more look finds nothing; another one searches.
    pub(crate) fn announce(&self) {
        self.0.fetch_add(IDLE, Ordering::SeqCst);
        // ORDERING: see `needs_worker`.
        keep_order();
    }

    /// Whether somebody searches.
    pub(crate) fn is_searched(&self) -> bool {
        self.is(SEARCHING)
    }

    /// Turns an idle worker into a woken one; the caller then rings in the lot.
    pub(crate) fn try_wake(&self) -> bool {
        self.update(|word| (count(word, IDLE) > 0).then(|| word - IDLE + WOKEN))
    }

    /// Takes up a wake, if there is one: this worker is working again.
    pub(crate) fn take_wake(&self) -> bool {
        self.update(|word| (count(word, WOKEN) > 0).then(|| word - WOKEN))
    }

    /// This worker, which had announced itself, is working again.
    pub(crate) fn resume(&self) {
        self.update(|word| Some(un_announce(word)));
    }

    /// This worker waited long enough: it leaves, unless it was woken.
    pub(crate) fn leave(&self) -> bool {
        self.update(|word| (count(word, IDLE) > 0).then(|| word - IDLE - THREAD))
    }

    /// A working thread leaves, or one that was hired never came.
    pub(crate) fn unhire(&self) {
        self.0.fetch_sub(THREAD, Ordering::SeqCst);
        // ORDERING: see `needs_worker`.
        keep_order();
    }

    fn update(&self, step: impl Fn(u64) -> Option<u64>) -> bool {
        try_update(&self.0, step)
    }
}

/// The bits that count the woken.
const ALL_WOKEN: u64 = (MAX_THREADS as u64) * WOKEN;

/// One announced worker less: a woken one if there is one, else an idle one.
fn un_announce(word: u64) -> u64 {
    word - if count(word, WOKEN) > 0 { WOKEN } else { IDLE }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// A crew of `workers`, all of them working.
    fn crew(workers: usize) -> Crew {
        let crew = Crew::default();
        (0..workers).for_each(|_| assert!(crew.hire(workers)));
        crew
    }

    #[test]
    fn no_more_are_hired_than_may_be() {
        let crew = crew(2);

        assert!(!crew.hire(2));

        assert_eq!(crew.threads(), 2);
    }

    #[test]
    fn a_worker_that_resumes_takes_off_a_wake_before_an_idle_one() {
        let crew = crew(2);
        crew.announce();
        crew.announce();
        assert!(crew.try_wake());

        crew.resume();

        assert!(!crew.take_wake(), "the wake was taken off");
        assert!(crew.try_wake(), "the other one is still idle");
    }

    #[test]
    fn a_worker_that_was_woken_does_not_leave() {
        let crew = crew(1);
        crew.announce();
        assert!(crew.try_wake());

        assert!(!crew.leave());

        assert!(crew.take_wake());
        assert_eq!(crew.threads(), 1);
    }

    #[test]
    fn an_idle_worker_leaves_and_counts_no_more() {
        let crew = crew(1);
        crew.announce();

        assert!(crew.leave());

        assert_eq!(crew.threads(), 0);
        assert!(!crew.try_wake() && !crew.take_wake());
    }

    #[test]
    fn one_worker_searches_at_a_time() {
        let crew = crew(2);

        assert!(crew.search());
        assert!(!crew.search());

        crew.found();
        assert!(crew.search());
    }

    #[test]
    fn a_searcher_that_gives_up_is_idle() {
        let crew = crew(1);
        crew.search();

        crew.give_up();

        assert!(!crew.is_searched() && crew.try_wake());
    }

    #[test]
    fn a_push_needs_a_worker_unless_somebody_searches_or_all_work() {
        let crew = crew(2);
        assert!(!crew.needs_worker(2), "all work");
        assert!(crew.needs_worker(3), "there may be one more");

        crew.announce();
        assert!(crew.needs_worker(2), "somebody is idle");

        crew.try_wake();
        assert!(!crew.needs_worker(2), "who was woken comes");

        crew.search();
        assert!(!crew.needs_worker(3), "somebody searches");

        crew.set(CLOSED);
        assert!(
            crew.needs_worker(2),
            "somebody has to look after the closing pool"
        );
    }
}
