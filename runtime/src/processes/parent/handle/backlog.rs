//! How much of what workers said is still to be told: it bounds what a pool keeps of workers that say more than is heard.
//!
//! ```text
//!   the thread that serves links               the thread that tells
//!
//!   reads, unless it is much; add() ---------> tells it; told()
//!          ^                                        |
//!          `------- the bell: there is room again --'
//! ```
//!
//! While it is much nothing is read, so that the worker in the end waits in its writing, as for a slow terminal.

use std::sync::atomic::{AtomicUsize, Ordering};

/// More than this is much, in bytes.
const CAPACITY: usize = 256 << 10;

/// A number of bytes. Grows on the thread that serves the links alone.
#[derive(Default)]
pub(crate) struct Backlog(AtomicUsize);

impl Backlog {
    /// So many bytes were read.
    pub(crate) fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many of them were told. True if that makes room: whoever reads has to be rung for.
    #[must_use]
    pub(crate) fn release(&self, bytes: usize) -> bool {
        // ORDERING: the bell that the caller rings shows it to who reads.
        let before = self.0.fetch_sub(bytes, Ordering::Relaxed);
        before > CAPACITY && before - bytes <= CAPACITY
    }

    /// Whether nothing more is to be read.
    pub(crate) fn is_full(&self) -> bool {
        self.0.load(Ordering::Relaxed) > CAPACITY
    }
}
