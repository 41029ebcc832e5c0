//! A bell: the job in rayon's queue that calls a worker to the inbox.
//!
//! ```text
//!   a worker's stack        |main loop| bell                          answers it
//!                           |main loop| half of a join | wait | bell  passes it on
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

use std::{cell::Cell, sync::Arc};

use super::{pool::Pool, serve};
use crate::{
    sync::{AtomicUsize, Ordering, strand_local},
    worker,
};

strand_local! {
    /// Where the stack stood when this thread was handed to rayon.
    static GROUND: Cell<usize> = Cell::new(0);
    /// Whether this thread serves, somewhere below on its stack.
    static SERVES: Cell<bool> = Cell::new(false);
}

/// How deep a job lies on the stack if there is nothing but rayon's loop below it.
pub(super) struct Home(AtomicUsize);

/// What the same calls may differ by, for the alignment of what they keep on the stack.
const SLACK: usize = 64;

impl Home {
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
pub(super) fn leave_ground() {
    GROUND.with(|ground| ground.set(worker::stack_address()));
}

/// The job that a bell is.
#[inline(never)]
pub(super) fn come_upon(pool: &Arc<Pool>) {
    let depth = GROUND.with(Cell::get).wrapping_sub(worker::stack_address());
    if SERVES.with(Cell::get) || !pool.home.is_at(depth) {
        return pool.steward.pass_on(pool);
    }
    SERVES.with(|serves| serves.set(true));
    serve::serve(pool);
    SERVES.with(|serves| serves.set(false));
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn home_is_where_the_least_deep_job_was_found() {
        let home = Home::new();

        assert!(home.is_at(5_000), "the first");
        assert!(home.is_at(2_000), "a less deep one");
        assert!(home.is_at(2_000) && home.is_at(2_000 + SLACK));
        assert!(!home.is_at(2_001 + SLACK) && !home.is_at(5_000));
    }
}
