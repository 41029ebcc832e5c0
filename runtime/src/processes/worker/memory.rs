//! How much memory a worker holds, by its own measurement.
//!
//! Before a call with a limit the worker checks what earlier calls have left behind. If that is
//! above the limit, it exits: the call runs on another worker, and is not blamed. The bytes of the
//! call's own arguments do not count.

use std::time::{Duration, Instant};

use crate::processes::os::memory;

/// The least time between two measurements: one takes longer than a small call.
const MEASURE_INTERVAL: Duration = Duration::from_micros(100);

/// Safety margin: a call can allocate about this number of bytes between two measurements.
const MARGIN: u64 = 4 << 20;

/// The memory of this process.
#[derive(Default)]
pub(crate) struct OwnMemory {
    /// Whether it has run a call. The memory of a fresh worker is not limited.
    has_run: bool,
    /// The time of the last measurement, and its number of bytes.
    measured: Option<(Instant, u64)>,
}

impl OwnMemory {
    /// A call has run to its end.
    pub(crate) fn note_run(&mut self) {
        self.has_run = true;
    }

    /// Whether it holds more than `limit` bytes, without the `held` bytes of the next call's
    /// arguments. Zero is no limit.
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
