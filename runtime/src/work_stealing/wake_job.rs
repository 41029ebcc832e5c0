//! What brings a worker to the inbox: a wake job in rayon's queue, or a broadcast of them.
//!
//! ```text
//!   a worker's stack   |main loop| wake job                              answers it
//!                      |main loop| half of a join | wait | wake job      declines
//!                      |main loop| wake job: serves | call | wait | wake job    "
//!                                ^ base depth
//! ```
//!
//! Rayon has a thread that waits for another one run whatever jobs there are meanwhile. A call that
//! ran there would be nested in an unrelated call (re-entrancy), and could deadlock on a lock that
//! this call holds. So a worker answers a wake job at *base depth* only, where nothing but rayon's
//! own loop lies below it on the stack. The base depth is the depth at which the first wake job of
//! all is found, or the smallest one since: no job can be found with less below it.
//!
//! A wake job that is declined has woken the wrong worker, perhaps in place of another that sleeps
//! at base depth. So a *broadcast* follows: a wake job for each worker, which no other worker can
//! take. The first one that is found at base depth is the answer; those that are found later do
//! nothing.
//!
//! A worker that declines and serves will look into the queue by itself. A worker that declines and
//! does not serve (it runs half of a join, for another worker's call) may be free later, when it
//! has no wake job left. To prevent a lost wakeup, the rewake timer starts another broadcast a
//! little later, unless the last one was answered.

use std::{cell::Cell, sync::Arc};

use super::{handle::StealingHandle, serve};
use crate::{
    sync::{AtomicBool, AtomicUsize, Ordering, thread_static},
    worker_context,
};

thread_static! {
    /// The address of the stack where this thread was handed to rayon.
    static STACK_BASE: Cell<usize> = Cell::new(0);
    /// The base depth of a broadcast's wake jobs on this thread.
    static BROADCAST_DEPTH: Cell<usize> = Cell::new(0);
    /// Whether this thread serves, somewhere below on its stack.
    static SERVES: Cell<bool> = Cell::new(false);
}

/// The depth on the stack of a wake job with nothing but rayon's loop below it.
pub(super) struct BaseDepth(AtomicUsize);

/// Tolerance in bytes: the same calls may align differently what they keep on the stack.
const SLACK: usize = 64;

impl BaseDepth {
    pub(super) fn new() -> Self {
        Self(AtomicUsize::new(usize::MAX - SLACK))
    }

    /// Whether a job at this depth is at base depth. The smallest depth seen is the base.
    fn is_at(&self, depth: usize) -> bool {
        // ORDERING: Relaxed: no other memory hangs on the number.
        let least = self.0.fetch_min(depth, Ordering::Relaxed).min(depth);
        depth <= least + SLACK
    }
}

/// Notes that this thread goes to rayon from here; called once, with no frame of ours above it.
#[inline(never)]
pub(super) fn note_stack_base() {
    // Not inside of `with`, which has frames of its own under Shuttle: a job that lies less deep
    // than the base would count as the deepest of all.
    let here = worker_context::stack_address();
    STACK_BASE.with(|base| base.set(here));
}

/// The body of a wake job.
#[inline(never)]
pub(super) fn run(pool: &Arc<StealingHandle>) {
    let depth = depth();
    if !SERVES.with(Cell::get) && pool.base_depth.is_at(depth) {
        answer(pool);
    } else {
        pool.wake_by_broadcast();
    }
}

/// A wake job for each worker, of which one is to be answered.
pub(super) struct Broadcast {
    is_open: AtomicBool,
    /// The number of its wake jobs that no worker has found.
    left: AtomicUsize,
    /// Whether it is the one before all calls, which every worker finds at base depth.
    is_first: bool,
}

impl Broadcast {
    fn new(workers: usize, is_first: bool) -> Arc<Self> {
        Arc::new(Self {
            is_open: AtomicBool::new(!is_first),
            left: AtomicUsize::new(workers),
            is_first,
        })
    }

    /// The broadcast by which each worker learns the base depth of broadcasts.
    pub(super) fn first(workers: usize) -> Arc<Self> {
        Self::new(workers, true)
    }

    /// A broadcast for calls.
    pub(super) fn open(workers: usize) -> Arc<Self> {
        Self::new(workers, false)
    }

    /// Ends the broadcast. True for the one caller that ends it, which must serve, or wake another
    /// worker.
    #[must_use]
    fn end(&self) -> bool {
        // ORDERING: one caller at most sees `true`, by any ordering. SeqCst keeps the end before
        // what that caller does to the serve state, for all threads alike.
        self.is_open.swap(false, Ordering::SeqCst)
    }
}

/// The body of a broadcast's wake job.
#[inline(never)]
pub(super) fn run_broadcast(pool: &Arc<StealingHandle>, broadcast: &Arc<Broadcast>) {
    let depth = depth();
    // ORDERING: the last of the workers knows that the others have come before it, each of which
    // has ended the broadcast if it answered; SeqCst, as in `Broadcast::end`.
    let was_last = broadcast.left.fetch_sub(1, Ordering::SeqCst) == 1;
    if broadcast.is_first {
        BROADCAST_DEPTH.with(|base| base.set(depth));
        // The worker was getting ready until here.
        pool.note_left();
    } else if SERVES.with(Cell::get) {
        if was_last && broadcast.end() {
            pool.withdraw_wake();
        }
    } else if depth > BROADCAST_DEPTH.with(Cell::get) + SLACK {
        let (rewoken, declined) = (pool.clone(), broadcast.clone());
        pool.rewake_timer.note_declined(move || {
            if declined.end() {
                rewoken.wake_by_broadcast();
            }
        });
    } else if broadcast.end() {
        answer(pool);
    }
}

/// How many bytes of stack there are between here and rayon's loop.
#[inline(always)]
fn depth() -> usize {
    STACK_BASE
        .with(Cell::get)
        .wrapping_sub(worker_context::stack_address())
}

fn answer(pool: &Arc<StealingHandle>) {
    SERVES.with(|serves| serves.set(true));
    serve::serve(pool);
    SERVES.with(|serves| serves.set(false));
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn home_is_where_the_least_deep_job_was_found() {
        let base_depth = BaseDepth::new();

        assert!(base_depth.is_at(5_000), "the first");
        assert!(base_depth.is_at(2_000), "a less deep one");
        assert!(base_depth.is_at(2_000) && base_depth.is_at(2_000 + SLACK));
        assert!(!base_depth.is_at(2_001 + SLACK) && !base_depth.is_at(5_000));
    }
}
