//! The state that a map shares with its chunks: how many calls have ended, and when to stop.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crate::deadline;

/// When no further call of a map is to start: it was stopped, or its time limit has passed.
#[derive(Clone)]
pub(crate) struct StopCondition {
    pub(crate) progress: Arc<Progress>,
    /// The map's own time limit.
    pub(crate) deadline: Option<Instant>,
}

/// Counters of a map's calls, written by chunks and read by the map, and its stop flag,
/// written by the map and read by chunks.
#[derive(Default)]
pub(crate) struct Progress {
    /// Set when the results are not wanted any more.
    is_stopped: AtomicBool,
    /// The number of calls in the chunks that have ended.
    ended: AtomicUsize,
    /// Whether chunks that run in this process measure the time of their calls.
    pub(super) is_timed: bool,
    /// The total time of the calls that were measured, in nanoseconds.
    spent: AtomicU64,
}

impl StopCondition {
    /// Met at the deadline, if there is one, or when the progress is stopped.
    pub(crate) fn new(deadline: Option<Instant>, is_timed: bool) -> Self {
        let progress = Progress {
            is_timed,
            ..Progress::default()
        };
        Self {
            progress: Arc::new(progress),
            deadline,
        }
    }

    pub(super) fn is_met(&self) -> bool {
        self.progress.is_stopped() || deadline::has_passed(self.deadline)
    }
}

impl Progress {
    /// Asks running chunks to start no further call.
    pub(crate) fn stop(&self) {
        // ORDERING: Relaxed, since the flag publishes no other data.
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn is_stopped(&self) -> bool {
        // ORDERING: as in `stop`.
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// Counts calls that have ended.
    pub(crate) fn add(&self, calls: usize) {
        // ORDERING: Release pairs with the Acquire in `ended`: a reader of the count also sees the
        // time that `add_timed` has added before.
        self.ended.fetch_add(calls, Ordering::Release);
    }

    /// Counts calls that have ended and took `time` together.
    pub(crate) fn add_timed(&self, calls: usize, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        // ORDERING: Relaxed; the Release in `add`, which comes after, publishes it. A reader may
        // see too much time for the calls that it counts, never too little.
        self.spent.fetch_add(nanoseconds, Ordering::Relaxed);
        self.add(calls);
    }

    /// The number of calls that have ended.
    pub(crate) fn ended(&self) -> usize {
        // ORDERING: Acquire pairs with the Release in `add`.
        self.ended.load(Ordering::Acquire)
    }

    /// The total time of the calls that were measured; read after `ended`.
    pub(crate) fn spent(&self) -> Duration {
        // ORDERING: Relaxed; the Acquire in `ended` orders it, see `add_timed`.
        Duration::from_nanos(self.spent.load(Ordering::Relaxed))
    }
}
