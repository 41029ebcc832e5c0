//! Chunk sizes for an executor that splits chunks in flight.
//!
//! The cost of a call is measured from outside, by the number of calls that end in a time.
//!
//! ```text
//!   calls in a chunk  =  WORK / cost of a call     cost = time * workers / calls that ended in it
//!                        at most 1/16 of the calls that were submitted before it
//!                        at most what leaves each worker two chunks of the buffer
//! ```
//!
//! No cost is known at first, so chunks begin with one call and grow with the number of
//! submitted calls. If the cost changes faster than it is measured, a result still comes with
//! at most a sixteenth of those before it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::chunk::Progress;

/// The work of one chunk.
const WORK: Duration = Duration::from_micros(500);

/// The maximum number of calls in a chunk.
const MOST: usize = 4096;

/// The minimum time over which a cost is measured.
const WINDOW: Duration = Duration::from_micros(200);

/// Sizes that follow the cost of the calls.
pub(in crate::map) struct SplitSizing {
    progress: Arc<Progress>,
    workers: u32,
    /// The maximum size, which the buffer limits.
    most: usize,
    submitted: usize,
    /// The time of one call on a worker, once measured.
    cost: Option<Duration>,
    /// When the last window ended, and how many calls had ended then.
    mark: (Instant, usize),
}

impl SplitSizing {
    /// Sizes of at most `share` calls.
    pub(super) fn new(progress: Arc<Progress>, workers: usize, share: usize) -> Self {
        Self {
            progress,
            workers: u32::try_from(workers).unwrap_or(u32::MAX),
            most: share.clamp(1, MOST),
            submitted: 0,
            cost: None,
            mark: (Instant::now(), 0),
        }
    }

    /// The number of calls of the next chunk.
    pub(super) fn next(&mut self, now: Instant) -> usize {
        self.measure(now);
        self.size()
    }

    /// Counts the calls of a submission.
    pub(super) fn record_submitted(&mut self, calls: usize) {
        self.submitted += calls;
    }

    fn size(&self) -> usize {
        let fitting = self.cost.map_or(MOST, |cost| {
            let calls = WORK.as_nanos() / cost.as_nanos().max(1);
            usize::try_from(calls).unwrap_or(MOST)
        });
        let grown = 1 + self.submitted / 16;
        fitting.min(grown).clamp(1, self.most)
    }

    /// Measures the cost of a call, if the window is over.
    fn measure(&mut self, now: Instant) {
        let (since, before) = self.mark;
        let time = now.saturating_duration_since(since);
        let ended = self.progress.ended();
        match (u32::try_from(ended - before), self.cost) {
            // No call has ended yet: the cost is at least the time so far.
            (Ok(0), _) if before == 0 && time > WORK => self.cost = Some(time),
            (Ok(calls), known) if calls > 0 && time >= WINDOW => {
                let cost = time * self.workers / calls;
                // A preempted thread makes calls look costly once: limit the growth.
                let most = known.filter(|_| before > 0).map_or(cost, |known| known * 2);
                self.cost = Some(cost.min(most));
                self.mark = (now, ended);
            }
            _ => {}
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// Sizes for two workers, after `submitted` calls were submitted.
    fn measured(submitted: usize, share: usize) -> SplitSizing {
        let mut measured = SplitSizing::new(Arc::default(), 2, share);
        measured.record_submitted(submitted);
        measured
    }

    /// The size of the next chunk if `calls` calls end in `microseconds`.
    fn size_after(measured: &mut SplitSizing, calls: usize, microseconds: u64) -> usize {
        measured.progress.add(calls);
        let later = measured.mark.0 + Duration::from_micros(microseconds);
        measured.next(later)
    }

    #[test]
    fn chunks_begin_with_one_call_and_grow_with_what_was_submitted() {
        assert_eq!(measured(0, usize::MAX).size(), 1);
        assert_eq!(measured(160, usize::MAX).size(), 11);
        assert_eq!(measured(1 << 20, usize::MAX).size(), MOST);
    }

    #[test]
    fn a_chunk_is_as_much_work_whatever_a_call_costs() {
        let mut measured = measured(1 << 20, usize::MAX);

        assert_eq!(size_after(&mut measured, 10, 1_000), 2);
        assert_eq!(size_after(&mut measured, 1_000, 1_000), 250);
        assert_eq!(size_after(&mut measured, 1_000_000, 10_000), MOST);
    }

    #[test]
    fn calls_that_do_not_end_are_taken_for_costly() {
        let mut measured = measured(1 << 20, usize::MAX);

        assert_eq!(size_after(&mut measured, 0, 100), MOST);
        assert_eq!(size_after(&mut measured, 0, 10_000), 1);
    }

    #[test]
    fn a_cost_at_most_doubles_at_once() {
        let mut measured = measured(1 << 20, usize::MAX);
        assert_eq!(size_after(&mut measured, 1_000, 1_000), 250);

        assert_eq!(size_after(&mut measured, 1, 10_000), 125);
        assert_eq!(size_after(&mut measured, 1, 10_000), 62);
    }

    #[test]
    fn a_share_of_the_buffer_is_the_most() {
        assert_eq!(measured(1 << 20, 25).size(), 25);
        assert_eq!(measured(1 << 20, 0).size(), 1);
    }
}
