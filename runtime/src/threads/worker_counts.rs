//! How many workers there are, are idle and are coming, and whether the pool is closing.
//!
//! All in one word, so that each move is one atomic step:
//!
//! ```text
//!         reserve_worker()         found(), mark_working()
//!   (none) ----------> coming ------------------------------> working
//!     ^                ^  |                                     |
//!     | remove_        |  | search(), coming_to_idle()          | mark_coming()
//!     |  working()     |  v                                     v
//!     |      reserve_  |  searching, idle <----- search(),   coming
//!     |      worker()  `------- |   ^            mark_idle()
//!     `-- remove_idle() --------'   `-- searching_to_idle() -- searching
//! ```
//!
//! One worker at a time is *searching*: it has nothing to do and spins on the queue. A submitter
//! that finds a searcher need do nothing. Other workers with nothing to do are *idle*. A worker is
//! *coming* from the moment in which it is started or notified, or in which it is about to show the
//! outcome of a call while more are pending, until it has claimed a job. Submitters do not choose
//! among idle workers: they turn one idle into one coming, and the first worker that arrives takes
//! that off. So idle + coming is always the number of workers that have announced themselves.
//!
//! **No more threads than calls**: a thread is started only if no worker is idle or searching, and
//! more jobs are pending than workers are coming. All other workers have claimed a call.
//!
//! **No lost wakeup**: a submitter pushes, then reads the counts; a worker moves to searching,
//! idle, coming or away, or stops to search or to come, then rechecks the queue. One of them sees
//! the other. Only `remove_idle` needs no recheck: it succeeds while an idle worker is counted, so
//! a submitter that read the counts before saw a worker to wake, and one that reads them after sees
//! room for a thread. And since a searcher takes one job where several may have been pushed, and a
//! submitter may have relied on a worker that was coming, a worker that has searched or come
//! checks, when it has claimed its first job, whether there are more, and wakes the next worker
//! unless enough are coming. The last worker that was relied on sees that none is.

use crate::sync::{AtomicU64, Ordering, loom_fence, try_update};

const BITS: u32 = 20;
/// More threads than any system starts.
pub(crate) const MAX_THREADS: usize = (1 << BITS) - 1;

const THREAD: u64 = 1;
const IDLE: u64 = 1 << BITS;
const COMING: u64 = 1 << (2 * BITS);

/// A worker spins on the queue and does not sleep.
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
    /// The number of threads that were started and have not left.
    pub(crate) fn threads(&self) -> usize {
        // ORDERING: SeqCst, as almost every access to this word; see `needs_worker`.
        let threads = count(self.0.load(Ordering::SeqCst), THREAD);
        usize::try_from(threads).expect("the count has twenty bits")
    }

    /// Whether any of `flags` is set.
    #[inline]
    pub(crate) fn is(&self, flags: u64) -> bool {
        // ORDERING: as in `threads`.
        self.0.load(Ordering::SeqCst) & flags != 0
    }

    /// Whether workers leave when they find nothing to do.
    pub(crate) fn is_closing(&self) -> bool {
        self.is(CLOSED | BROKEN | DRAINING)
    }

    /// Clears a flag.
    pub(crate) fn clear(&self, flag: u64) {
        // ORDERING: as in `threads`.
        self.0.fetch_and(!flag, Ordering::SeqCst);
    }

    /// Sets a flag.
    pub(crate) fn set(&self, flag: u64) {
        // ORDERING: as in `threads`.
        self.0.fetch_or(flag, Ordering::SeqCst);
    }

    /// After a push: whether a worker must be woken or started, or the pool is closing.
    #[inline]
    pub(crate) fn needs_worker(&self, workers: usize) -> bool {
        // ORDERING: the push comes before this look, as the move of a worker comes before its
        // look into the queue, in the one order of all SeqCst operations; see `queue`.
        let word = self.0.load(Ordering::SeqCst);
        // Served if a worker searches, or if none is idle and no more threads are allowed. Not
        // served if a flag is set. Workers that are coming do not count.
        let is_served = word & SEARCHING != 0 || word & !ALL_COMING == workers as u64;
        !is_served || word & (CLOSED | BROKEN | DRAINING) != 0
    }

    /// Whether the limit allows one more thread.
    pub(crate) fn has_room(&self, workers: usize) -> bool {
        // ORDERING: Relaxed: a hint, before a step that reads the word again.
        count(self.0.load(Ordering::Relaxed), THREAD) < workers as u64
    }

    /// Turns an idle worker into one that is coming, or counts one more thread, if one is needed.
    ///
    /// `is_short` says whether more jobs are pending than the given number of coming workers.
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

    /// A worker that has left is back, and rechecks the queue. False if there are `workers`
    /// already.
    pub(crate) fn come_back(&self, workers: usize) -> bool {
        self.update(|word| (count(word, THREAD) < workers as u64).then_some(word + THREAD + COMING))
    }

    /// This worker searches from here on. False if another one does.
    pub(crate) fn search(&self) -> bool {
        // ORDERING: see `needs_worker`, for the step and for the fence that loom needs after it.
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

    /// The searcher sleeps if one more look finds nothing.
    pub(crate) fn searching_to_idle(&self) {
        self.update(|word| Some((word & !SEARCHING) + IDLE));
        // ORDERING: see `needs_worker`.
        loom_fence();
    }

    /// This worker sleeps if one more look finds nothing; another one searches.
    pub(crate) fn mark_idle(&self) {
        self.0.fetch_add(IDLE, Ordering::SeqCst);
        // ORDERING: see `needs_worker`.
        loom_fence();
    }

    /// This worker, which is working, is about to take one of the jobs that it has seen.
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

    /// The number of workers that are coming.
    pub(crate) fn coming(&self) -> u64 {
        // ORDERING: as in `threads`.
        count(self.0.load(Ordering::SeqCst), COMING)
    }

    /// Whether the `asleep` workers are all there are, and the queue is empty.
    ///
    /// A worker that is woken stops counting as asleep before it can have a job, and changes the
    /// word; so the word is read before and after the queue.
    pub(crate) fn is_at_rest(&self, asleep: usize, is_empty: impl Fn() -> bool) -> bool {
        // ORDERING: as in `threads`.
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

    /// This worker has been idle for its time: it leaves, unless it was woken.
    pub(crate) fn remove_idle(&self) -> bool {
        self.update(|word| (count(word, IDLE) > 0).then(|| word - IDLE - THREAD))
    }

    /// A working thread leaves.
    pub(crate) fn remove_working(&self) {
        self.0.fetch_sub(THREAD, Ordering::SeqCst);
        // ORDERING: see `needs_worker`.
        loom_fence();
    }

    /// A thread that was counted as coming was never started, or ends without a job.
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
    /// Nothing: a worker searches, enough are coming, or no more threads are allowed.
    None,
    /// Notify one sleeping worker.
    Notify,
    /// Start the thread that was counted.
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

/// The bits of the coming workers.
const ALL_COMING: u64 = (MAX_THREADS as u64) * COMING;

/// One announced worker less: a coming one if there is one, else an idle one.
fn un_announce(word: u64) -> u64 {
    word - if count(word, COMING) > 0 {
        COMING
    } else {
        IDLE
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
