//! The options of a call that most calls do without: limits, retries, a deadline.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crate::{sync::Mutex, task::Options};

/// The interval at which the memory of a running call is sampled.
const SAMPLING: Duration = Duration::from_millis(5);

/// The first backoff of a retry by default, and the longest of any.
const BACKOFF: Duration = Duration::from_millis(10);
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

pub(super) struct Policy {
    options: Options,
    /// The moment after which no item starts.
    pub(super) deadline: Option<Instant>,
    /// The number of failed attempts by item.
    failures: Mutex<BTreeMap<usize, u32>>,
    /// The number of workers by item that did not claim it.
    late: Mutex<BTreeMap<usize, u32>>,
}

impl Policy {
    /// The policy of a call; `None` for most.
    pub(super) fn of(options: Options, deadline: Option<Instant>) -> Option<Box<Self>> {
        let asks = deadline.is_some() || !options.are_none();
        asks.then(|| {
            Box::new(Self {
                options,
                deadline,
                failures: Mutex::default(),
                late: Mutex::default(),
            })
        })
    }

    pub(super) fn timeout(&self) -> Option<Duration> {
        self.options.time_limit()
    }

    pub(super) fn memory(&self) -> Option<u64> {
        self.options.memory_limit()
    }

    pub(super) fn check_interval(&self) -> Option<Duration> {
        let sampling = self.memory().map(|_| SAMPLING);
        self.timeout().into_iter().chain(sampling).min()
    }

    pub(super) fn retries(&self) -> u32 {
        self.options.get_retries().unwrap_or_default()
    }

    pub(super) fn retries_timeouts(&self) -> bool {
        self.options.get_retry_timeouts().unwrap_or_default()
    }

    /// The number of failed attempts at this item.
    pub(super) fn failures(&self, item: usize) -> u32 {
        self.failures.lock().get(&item).copied().unwrap_or_default()
    }

    /// Counts one more worker that did not claim this item. Returns their number.
    pub(super) fn note_late(&self, item: usize) -> u32 {
        let mut late = self.late.lock();
        let count = late.entry(item).or_default();
        *count += 1;
        *count
    }

    /// Counts one more failed attempt at this item. Returns the backoff before the next one, if
    /// there is one.
    pub(super) fn note_failure(&self, item: usize) -> Option<Duration> {
        let failures = self.failures(item);
        if failures >= self.retries() {
            return None;
        }
        self.failures.lock().insert(item, failures + 1);
        let first = self.options.get_backoff().unwrap_or(BACKOFF);
        let doubled = 2_u32.saturating_pow(failures);
        Some(first.saturating_mul(doubled).min(LONGEST_BACKOFF))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn each_backoff_is_twice_as_long_up_to_the_longest() {
        let options = Options::new().retries(60).backoff(Duration::from_secs(3));
        let policy = Policy::of(options, None).expect("something is policy");

        let backoffs: Vec<_> = (0..60).map_while(|_| policy.note_failure(7)).collect();

        assert_eq!(backoffs.len(), 60);
        assert_eq!(backoffs[..3], [3, 6, 10].map(Duration::from_secs));
        assert_eq!(backoffs[59], LONGEST_BACKOFF);
        assert_eq!(policy.note_failure(7), None);
        assert_eq!((policy.failures(7), policy.failures(6)), (60, 0));
    }
}
