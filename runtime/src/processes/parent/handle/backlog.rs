//! Backpressure: the number of bytes that were read from workers and not yet forwarded.
//!
//! ```text
//!   the reactor                                the thread that forwards
//!
//!   reads, unless it is full; add() ---------> forwards; release()
//!          ^                                        |
//!          `------- waker: there is room again -----'
//! ```
//!
//! While the backlog is full the reactor reads nothing, so that in the end the worker blocks in its
//! write, as with a slow terminal.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The backlog is full above this number of bytes.
const CAPACITY: usize = 256 << 10;

/// A number of bytes. Only the reactor adds to it.
#[derive(Default)]
pub(crate) struct Backlog(AtomicUsize);

impl Backlog {
    /// These bytes were read.
    pub(crate) fn add(&self, bytes: usize) {
        // ORDERING: a counter alone; the reactor itself checks it.
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    /// These bytes were forwarded. True if that makes room: the caller wakes the reactor.
    #[must_use]
    pub(crate) fn release(&self, bytes: usize) -> bool {
        // ORDERING: the wake that follows orders it before the reactor's next check.
        let before = self.0.fetch_sub(bytes, Ordering::Relaxed);
        before > CAPACITY && before - bytes <= CAPACITY
    }

    /// Whether the reactor is to read nothing more.
    pub(crate) fn is_full(&self) -> bool {
        // ORDERING: as in `add`.
        self.0.load(Ordering::Relaxed) > CAPACITY
    }
}
