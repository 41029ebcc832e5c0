//! What calls a worker to the inbox: a bell in rayon's queue, or a round of them.
//!
//! ```text
//!   a worker's stack        |main loop| bell                          answers it
//!                           |main loop| half of a join | wait | bell  declines
//!                           |main loop| bell: serves | call | wait | bell     "
//!                                     ^ home
//! ```
//!
//! Rayon has a thread that waits for another one do whatever there is to do meanwhile.
//! A call that ran there would have code under its feet that it knows nothing of: with
//! a lock that both want, neither would ever end. So a bell is answered at home only,
//! where nothing but rayon's own loop lies below on the stack. That place is as deep as
//! the first bell of all is found, or the least deep one: no job can be found
//! with less below it.
//!
//! A bell that is declined has woken the wrong worker, perhaps one instead of another that sleeps at
//! home. So a *round* follows: a bell for each worker, which nobody else can take. The first one that
//! is found at home is the answer, and those that are found later mean nothing.
//!
//! Who declines and serves will look into the queue by itself. Who declines and does not (it is inside of a half,
//! for another worker's call) may be free later with no bell left: so the steward starts another
//! round a little later, unless the last one was answered.

use std::{cell::Cell, sync::Arc};

use super::{handle::StealingHandle, serve};
use crate::{
    sync::{AtomicBool, AtomicUsize, Ordering, thread_static},
    worker_context,
};

thread_static! {
    /// Where the stack stood when this thread was handed to rayon.
    static STACK_BASE: Cell<usize> = Cell::new(0);
    /// How deep the bells of rounds lie on this thread if it finds them at home.
    static BROADCAST_DEPTH: Cell<usize> = Cell::new(0);
    /// Whether this thread serves, somewhere below on its stack.
    static SERVES: Cell<bool> = Cell::new(false);
}

/// How deep a job lies on the stack if there is nothing but rayon's loop below it.
pub(super) struct BaseDepth(AtomicUsize);

/// What the same calls may differ by, for the alignment of what they keep on the stack.
const SLACK: usize = 64;

impl BaseDepth {
    pub(super) fn new() -> Self {
        Self(AtomicUsize::new(usize::MAX - SLACK))
    }

    /// Whether a job that lies so deep lies there.
    fn is_at(&self, depth: usize) -> bool {
        // ORDERING: a figure that stands for itself.
        let least = self.0.fetch_min(depth, Ordering::Relaxed).min(depth);
        depth <= least + SLACK
    }
}

/// This thread goes to rayon from here; called once, with nothing of ours above it.
#[inline(never)]
pub(super) fn note_stack_base() {
    // Not inside of `with`, which has frames of its own under Shuttle: a job that lies less deep
    // than the base would count as the deepest of all.
    let here = worker_context::stack_address();
    STACK_BASE.with(|base| base.set(here));
}

/// The job that a bell is.
#[inline(never)]
pub(super) fn run(pool: &Arc<StealingHandle>) {
    let depth = depth();
    if !SERVES.with(Cell::get) && pool.base_depth.is_at(depth) {
        answer(pool);
    } else {
        pool.wake_by_broadcast();
    }
}

/// A bell for each worker, of which one is to be answered.
pub(super) struct Broadcast {
    is_open: AtomicBool,
    /// How many of its bells nobody has found.
    left: AtomicUsize,
    /// Whether it is the one that comes before all calls, and so is found at home everywhere.
    is_first: bool,
}

impl Broadcast {
    fn new(bells: usize, is_first: bool) -> Arc<Self> {
        Arc::new(Self {
            is_open: AtomicBool::new(!is_first),
            left: AtomicUsize::new(bells),
            is_first,
        })
    }

    /// The round that shows each worker how deep those lie that it finds at home.
    pub(super) fn first(bells: usize) -> Arc<Self> {
        Self::new(bells, true)
    }

    /// A round for calls.
    pub(super) fn open(bells: usize) -> Arc<Self> {
        Self::new(bells, false)
    }

    /// Ends the round; true for whoever does it, who has to see to it that somebody comes.
    pub(super) fn end(&self) -> bool {
        self.is_open.swap(false, Ordering::SeqCst)
    }
}

/// The job that a bell of a round is.
#[inline(never)]
pub(super) fn run_broadcast(pool: &Arc<StealingHandle>, broadcast: &Arc<Broadcast>) {
    let depth = depth();
    let was_last = broadcast.left.fetch_sub(1, Ordering::SeqCst) == 1;
    if broadcast.is_first {
        BROADCAST_DEPTH.with(|base| base.set(depth));
        // It was getting ready until here.
        pool.note_left();
    } else if SERVES.with(Cell::get) {
        if was_last && broadcast.end() {
            pool.withdraw_wake();
        }
    } else if depth > BROADCAST_DEPTH.with(Cell::get) + SLACK {
        pool.rewake_timer.note_declined(pool, broadcast);
    } else if broadcast.end() {
        answer(pool);
    }
}

/// How much of the stack there is between here and rayon's loop.
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
