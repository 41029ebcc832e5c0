//! Chunks for an executor whose workers run each to its end.
//!
//! A chunk that turns out long would hold up its calls, and leave other workers without work at the end. So it is made of
//! what is known: the workers themselves measure what calls cost, and until the first has ended each travels alone.
//!
//! ```text
//!   calls in a chunk  =  WORK / cost of a call        cost = time in calls / calls
//!                        at most 1/8 of the calls that have ended
//!                        at most what leaves each worker two chunks of the buffer
//! ```

use std::{sync::Arc, time::Duration};

use crate::chunk::{Backoff, Progress};

/// How much work one chunk is to be.
const WORK: Duration = Duration::from_micros(50);

/// More calls are never sent as one.
const MOST: usize = 1 << 14;

/// So many calls are submitted without a thought of what they cost.
const BLIND: usize = 64;

/// Sizes that follow the cost of the calls.
pub(in crate::map) struct WholeSizing {
    progress: Arc<Progress>,
    /// What the buffer allows.
    most: usize,
    submitted: usize,
    backoff: Backoff,
    /// What one call takes, as far as it is known.
    cost: Option<Duration>,
    /// How many calls had ended when that was found, and what they took together.
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

    /// How many calls the next chunk is to have.
    pub(super) fn next(&mut self) -> usize {
        self.measure();
        if self.size() < self.fitting() && self.submitted > BLIND + 4 * self.mark.0 {
            self.learn();
        }
        self.size()
    }

    /// So many calls were submitted as one.
    pub(super) fn record_submitted(&mut self, calls: usize) {
        self.submitted += calls;
    }

    fn size(&self) -> usize {
        let known = 1 + self.mark.0 / 8;
        self.fitting().min(known)
    }

    /// How many calls would be the right work, if all cost what those did that have ended.
    fn fitting(&self) -> usize {
        let cost = self.cost.unwrap_or(Duration::from_nanos(1));
        let calls = WORK.as_nanos() / cost.as_nanos();
        usize::try_from(calls).unwrap_or(MOST).clamp(1, self.most)
    }

    /// Gives way, so that calls may end: knowing them, it could send more as one.
    fn learn(&mut self) {
        let (progress, before) = (&self.progress, self.mark.0);
        self.backoff.spin_briefly(|| progress.ended() > before);
        self.measure();
    }

    /// Looks what the calls took that have ended meanwhile.
    fn measure(&mut self) {
        let (before, spent_before) = self.mark;
        let ended = self.progress.ended();
        let Some(calls @ 1..) = ended.checked_sub(before) else {
            return;
        };
        let spent = self.progress.spent();
        if spent == spent_before {
            // Calls that ended elsewhere: nobody has measured them.
            return;
        }
        let cost = (spent - spent_before) / u32::try_from(calls).unwrap_or(u32::MAX);
        // A thread that had to wait makes calls look costly for once.
        let most = self.cost.map_or(cost, |known| known * 2);
        self.cost = Some(cost.min(most).max(Duration::from_nanos(1)));
        self.mark = (ended, spent);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// Sizes of at most `share` calls, of which so many have ended that took so long each.
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
