//! How much memory a worker holds, as it sees it itself.
//!
//! It looks before a limited call whether what earlier calls have left behind is above the limit,
//! and leaves if so: the call goes elsewhere, and is not blamed. The bytes of the call itself
//! count for that call alone.

use std::time::{Duration, Instant};

use crate::processes::os::memory;

/// How often to look how much memory this process holds, at most: it takes longer than a small
/// call.
const MEASURE_INTERVAL: Duration = Duration::from_micros(100);

/// How many bytes a call can fill in so short a time, or more.
const MARGIN: u64 = 4 << 20;

/// What this process holds.
#[derive(Default)]
pub(crate) struct OwnMemory {
    /// Whether it has run a call; a fresh worker holds what a worker has to hold.
    has_run: bool,
    /// When it last looked how much memory it holds, and how much that was.
    measured: Option<(Instant, u64)>,
}

impl OwnMemory {
    /// A call has run to its end.
    pub(crate) fn note_run(&mut self) {
        self.has_run = true;
    }

    /// Whether calls before have left more behind than this, `held` bytes of the next one aside.
    /// Zero is no limit.
    #[inline]
    pub(crate) fn is_above(&mut self, limit: u64, held: u64) -> bool {
        limit > 0 && self.has_run && self.is_above_cold(limit, held)
    }

    fn is_above_cold(&mut self, limit: u64, held: u64) -> bool {
        let now = Instant::now();
        let is_fresh = |(measured, size): (Instant, u64)| {
            now.duration_since(measured) < MEASURE_INTERVAL && size.saturating_add(MARGIN) < limit
        };
        if self.measured.is_some_and(is_fresh) {
            return false;
        }
        let size = memory::own_memory().unwrap_or_default();
        self.measured = Some((now, size));
        size.saturating_sub(held) > limit
    }
}
