//! Who works: threads, idle ones, those that come for a job, and whether the pool is closing.
//!
//! All in one word, so that each move is one step:
//!
//! ```text
//!             call()                    found(), arrive()
//!   (none) ----------> coming ------------------------------> working
//!     ^                ^  |                                     |
//!     | unhire()       |  | search(), settle_down()             | come()
//!     |                |  v                                     v
//!     |        call()  |  searching, idle <----- search(),   coming
//!     |                `------- |   ^            announce()
//!     `-- leave() --------------'   `-- give_up() -- searching
//! ```
//!
//! One worker at a time is *searching*: it has nothing to do and looks into the
//! queue without sleeping. A submitter that finds one need do nothing. Others
//! with nothing to do are *idle*. A worker is *coming* from the moment in which it is
//! called (hired, or notified in its sleep), or in which it is about to show the outcome
//! of a call while there are more, until it has claimed a job. Callers do not choose among the
//! idle: they turn one idle into one coming, and the first worker that arrives takes that off. So
//! idle + coming is the number of workers that have announced themselves, always.
//!
//! **No more threads than calls**: a thread is hired only if no worker is idle or searching, and
//! more jobs are pending than workers are coming. All others have claimed a call.
//!
//! **No lost wakeup**: a submitter pushes, then looks here; a worker
//! moves to searching, idle, coming or away, or stops to search or to come, and then looks into the
//! queue. One of them sees the other. Only `leave` needs no look: it succeeds while
//! an idle worker is counted, so that a submitter that looked before saw a worker to wake, and
//! one that looks after sees room to hire. And since a searcher takes one job where
//! several may have been pushed, and a submitter may have relied on one that was coming, a worker
//! that has searched or come looks, when it has claimed its first job, whether there are more, and calls the
//! next worker unless enough are coming. The last one that was relied on sees that none is.

use crate::sync::{AtomicU64, Ordering, loom_fence, try_update};

const BITS: u32 = 20;
/// More threads than any system starts.
pub(crate) const MAX_THREADS: usize = (1 << BITS) - 1;

const THREAD: u64 = 1;
const IDLE: u64 = 1 << BITS;
const COMING: u64 = 1 << (2 * BITS);

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

/// The counts of one pool.
#[derive(Default)]
pub(crate) struct WorkerCounts(AtomicU64);

impl WorkerCounts {
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
        // A worker searches; or none is idle, and there are as many threads as may be.
        // Neither if there is a flag. Those that are coming count for nothing.
        let is_served = word & SEARCHING != 0 || word & !ALL_COMING == workers as u64;
        !is_served || word & (CLOSED | BROKEN | DRAINING) != 0
    }

    /// Whether one more may be hired.
    pub(crate) fn has_room(&self, workers: usize) -> bool {
        count(self.0.load(Ordering::Relaxed), THREAD) < workers as u64
    }

    /// Calls a worker, if one can be had and is needed.
    ///
    /// `is_short` is asked whether more jobs are pending than this number of workers that are coming.
    pub(crate) fn reserve_worker(
        &self,
        workers: usize,
        is_short: impl Fn(usize) -> bool,
    ) -> WakeAction {
        let mut called = WakeAction::None;
        self.update(|word| {
            let (next, move_) = reserve(word, workers, &is_short);
            called = move_;
            next
        });
        called
    }

    /// A worker that has left is back, and looks again. False if there are `workers` without it.
    pub(crate) fn come_back(&self, workers: usize) -> bool {
        self.update(|word| (count(word, THREAD) < workers as u64).then_some(word + THREAD + COMING))
    }

    /// This worker looks for work from now on. False if another one does.
    pub(crate) fn search(&self) -> bool {
        let is_first = self.0.fetch_or(SEARCHING, Ordering::SeqCst) & SEARCHING == 0;
        // ORDERING: see `needs_worker`.
        loom_fence();
        is_first
    }

    /// The searcher has found a job, and is working again.
    pub(crate) fn found(&self) {
        self.0.fetch_and(!SEARCHING, Ordering::SeqCst);
        // ORDERING: see `needs_worker`.
        loom_fence();
    }

    /// The searcher will sleep if one more look finds nothing.
    pub(crate) fn searching_to_idle(&self) {
        self.update(|word| Some((word & !SEARCHING) + IDLE));
        // ORDERING: see `needs_worker`.
        loom_fence();
    }

    /// This worker will sleep if one more look finds nothing; another one searches.
    pub(crate) fn mark_idle(&self) {
        self.0.fetch_add(IDLE, Ordering::SeqCst);
        // ORDERING: see `needs_worker`.
        loom_fence();
    }

    /// This worker, which works, is about to take one of the jobs that it has seen.
    pub(crate) fn mark_coming(&self) {
        self.0.fetch_add(COMING, Ordering::SeqCst);
        // ORDERING: see `needs_worker`.
        loom_fence();
    }

    /// This worker, which was coming, has found no job: it is idle.
    pub(crate) fn coming_to_idle(&self) {
        self.update(|word| (count(word, COMING) > 0).then(|| word - COMING + IDLE));
        // ORDERING: see `needs_worker`.
        loom_fence();
    }

    /// How many workers are coming.
    pub(crate) fn coming(&self) -> u64 {
        count(self.0.load(Ordering::SeqCst), COMING)
    }

    /// Whether these workers that sleep are all there are, and there is nothing to come for.
    ///
    /// A worker that is called is not one of them any more before it can have a job, and changes the word.
    pub(crate) fn is_at_rest(&self, asleep: usize, is_empty: impl Fn() -> bool) -> bool {
        let before = self.0.load(Ordering::SeqCst);
        let all_sleep = count(before, THREAD) == asleep as u64
            && count(before, COMING) == 0
            && before & SEARCHING == 0;
        all_sleep && is_empty() && self.0.load(Ordering::SeqCst) == before
    }

    /// This worker, which had announced itself, is working, or searching.
    pub(crate) fn mark_working(&self) {
        self.update(|word| Some(un_announce(word)));
        // ORDERING: see `needs_worker`.
        loom_fence();
    }

    /// This worker waited long enough: it leaves, unless it was called.
    pub(crate) fn remove_idle(&self) -> bool {
        self.update(|word| (count(word, IDLE) > 0).then(|| word - IDLE - THREAD))
    }

    /// A working thread leaves.
    pub(crate) fn remove_working(&self) {
        self.0.fetch_sub(THREAD, Ordering::SeqCst);
        // ORDERING: see `needs_worker`.
        loom_fence();
    }

    /// A thread that was hired never came.
    pub(crate) fn remove_coming(&self) {
        self.update(|word| Some(un_announce(word) - THREAD));
        // ORDERING: see `needs_worker`.
        loom_fence();
    }

    fn update(&self, step: impl FnMut(u64) -> Option<u64>) -> bool {
        try_update(&self.0, step)
    }
}

/// What the caller of [`WorkerCounts::reserve_worker`] must do next.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WakeAction {
    /// Nothing: one searches, enough are coming, or there may be no more threads.
    None,
    /// Notify one of those that sleep.
    Notify,
    /// Start the thread of the worker that was hired.
    Spawn,
}

fn reserve(
    word: u64,
    workers: usize,
    is_short: impl Fn(usize) -> bool,
) -> (Option<u64>, WakeAction) {
    if word & SEARCHING != 0 {
        return (None, WakeAction::None);
    }
    if count(word, IDLE) > 0 {
        return (Some(word - IDLE + COMING), WakeAction::Notify);
    }
    let coming = usize::try_from(count(word, COMING)).expect("the count has twenty bits");
    if count(word, THREAD) < workers as u64 && is_short(coming) {
        return (Some(word + THREAD + COMING), WakeAction::Spawn);
    }
    (None, WakeAction::None)
}

/// The bits that count those that are coming.
const ALL_COMING: u64 = (MAX_THREADS as u64) * COMING;

/// One announced worker less: one that is coming if there is one, else an idle one.
fn un_announce(word: u64) -> u64 {
    word - if count(word, COMING) > 0 {
        COMING
    } else {
        IDLE
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
