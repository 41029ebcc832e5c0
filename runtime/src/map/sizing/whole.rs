//! Chunk sizes for an executor whose workers run each chunk to its end.
//!
//! A chunk that is too long delays its calls, and leaves other workers idle at the end. So
//! sizes depend only on known costs: the workers measure their calls, and until the first has
//! ended each call is submitted alone.
//!
//! ```text
//!   calls in a chunk  =  WORK / cost of a call        cost = time in calls / calls
//!                        at most 1/8 of the calls that have ended
//!                        at most what leaves each worker two chunks of the buffer
//! ```

use std::{sync::Arc, time::Duration};

use crate::chunk::{Backoff, Progress};

/// The work of one chunk.
const WORK: Duration = Duration::from_micros(50);

/// The maximum number of calls in a chunk.
const MOST: usize = 1 << 14;

/// The number of calls that are submitted without spinning for their cost.
const BLIND: usize = 64;

/// Sizes that follow the cost of the calls.
pub(in crate::map) struct WholeSizing {
    progress: Arc<Progress>,
    /// The maximum size, which the buffer limits.
    most: usize,
    submitted: usize,
    backoff: Backoff,
    /// The time of one call, once measured.
    cost: Option<Duration>,
    /// How many calls had ended at that measurement, and their total time.
    mark: (usize, Duration),
}

impl WholeSizing {
    /// Sizes of at most `share` calls.
    pub(super) fn new(progress: Arc<Progress>, share: usize) -> Self {
        Self {
            progress,
            most: share.clamp(1, MOST),
            submitted: 0,
            backoff: Backoff::new(),
            cost: None,
            mark: (0, Duration::ZERO),
        }
    }

    /// The number of calls of the next chunk.
    pub(super) fn next(&mut self) -> usize {
        self.measure();
        if self.size() < self.fitting() && self.submitted > BLIND + 4 * self.mark.0 {
            self.learn();
        }
        self.size()
    }

    /// Counts the calls of a submission.
    pub(super) fn record_submitted(&mut self, calls: usize) {
        self.submitted += calls;
    }

    fn size(&self) -> usize {
        let known = 1 + self.mark.0 / 8;
        self.fitting().min(known)
    }

    /// The number of calls that make up the work of a chunk at the measured cost.
    fn fitting(&self) -> usize {
        let cost = self.cost.unwrap_or(Duration::from_nanos(1));
        let calls = WORK.as_nanos() / cost.as_nanos();
        usize::try_from(calls).unwrap_or(MOST).clamp(1, self.most)
    }

    /// Spins briefly for calls to end: with their cost known, chunks can be larger.
    fn learn(&mut self) {
        let (progress, before) = (&self.progress, self.mark.0);
        self.backoff.spin_briefly(|| progress.ended() > before);
        self.measure();
    }

    /// Measures the cost of the calls that have ended meanwhile.
    fn measure(&mut self) {
        let (before, spent_before) = self.mark;
        let ended = self.progress.ended();
        let Some(calls @ 1..) = ended.checked_sub(before) else {
            return;
        };
        let spent = self.progress.spent();
        if spent == spent_before {
            // Calls that ended in another process are not measured.
            return;
        }
        let cost = (spent - spent_before) / u32::try_from(calls).unwrap_or(u32::MAX);
        // A preempted thread makes calls look costly once: limit the growth.
        let most = self.cost.map_or(cost, |known| known * 2);
        self.cost = Some(cost.min(most).max(Duration::from_nanos(1)));
        self.mark = (ended, spent);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// Sizes of at most `share` calls, after `calls` calls have ended that took `cost` each.
    fn after(calls: usize, cost: Duration, share: usize) -> WholeSizing {
        let mut sizes = WholeSizing::new(Arc::default(), share);
        end(&mut sizes, calls, cost);
        sizes
    }

    fn end(sizes: &mut WholeSizing, calls: usize, cost: Duration) {
        let times = u32::try_from(calls).expect("a test has few calls");
        sizes.record_submitted(calls);
        sizes.progress.add_timed(calls, cost * times);
    }

    const MANY: usize = 1 << 20;

    #[test]
    fn calls_that_nobody_measures_travel_alone() {
        let mut sizes = WholeSizing::new(Arc::default(), usize::MAX);

        sizes.record_submitted(1_000);
        sizes.progress.add(1_000);

        assert_eq!(sizes.next(), 1);
    }

    #[test]
    fn as_long_as_no_call_has_ended_each_travels_alone() {
        let mut sizes = WholeSizing::new(Arc::default(), usize::MAX);

        for _ in 0..1_000 {
            assert_eq!(sizes.next(), 1);
            sizes.record_submitted(1);
        }
    }

    #[test]
    fn a_chunk_is_as_much_work_whatever_a_call_costs() {
        for (cost, calls) in [
            (3, MOST),
            (5, 10_000),
            (1_000, 50),
            (50_000, 1),
            (1_000_000, 1),
        ] {
            let mut sizes = after(MANY, Duration::from_nanos(cost), usize::MAX);

            assert_eq!(sizes.next(), calls, "of {cost} ns");
        }
    }

    #[test]
    fn a_chunk_is_an_eighth_of_the_calls_that_have_ended() {
        let mut sizes = after(80, Duration::from_nanos(1), usize::MAX);

        assert_eq!(sizes.next(), 11);
        end(&mut sizes, 720, Duration::from_nanos(1));
        assert_eq!(sizes.next(), 101);
    }

    #[test]
    fn a_cost_at_most_doubles_at_once() {
        let mut sizes = after(MANY, Duration::from_nanos(1_000), usize::MAX);
        assert_eq!(sizes.next(), 50);

        end(&mut sizes, 1, Duration::from_secs(1));
        assert_eq!(sizes.next(), 25);
        end(&mut sizes, 1_000, Duration::from_nanos(500));
        assert_eq!(sizes.next(), 100);
    }

    #[test]
    fn a_share_of_the_buffer_is_the_most() {
        assert_eq!(after(MANY, Duration::from_nanos(1), 25).next(), 25);
        assert_eq!(after(MANY, Duration::from_nanos(1), 0).next(), 1);
    }
}
