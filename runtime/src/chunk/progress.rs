//! What a map and its chunks tell each other: how many calls have ended, and when to stop.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crate::future::waiting;

/// When nothing more of a map is to start.
#[derive(Clone)]
pub(crate) struct StopCondition {
    pub(crate) progress: Arc<Progress>,
    /// The map's own time limit.
    pub(crate) deadline: Option<Instant>,
}

/// What a map and its chunks tell each other.
#[derive(Default)]
pub(crate) struct Progress {
    /// Set when nobody wants the results any more.
    is_stopped: AtomicBool,
    /// How many calls have ended, by the chunks that have.
    ended: AtomicUsize,
    /// Whether chunks that run in this process look at the clock.
    pub(super) is_timed: bool,
    /// How long their calls took together, in nanoseconds.
    spent: AtomicU64,
}

impl StopCondition {
    /// It comes with the deadline, if there is one.
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
        self.progress.is_stopped() || waiting::has_passed(self.deadline)
    }
}

impl Progress {
    /// Nothing more is to start: a wish to chunks that run.
    pub(crate) fn stop(&self) {
        // ORDERING: nothing is read on the strength of it.
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn is_stopped(&self) -> bool {
        // ORDERING: as in `stop`.
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// So many calls have ended.
    pub(crate) fn add(&self, calls: usize) {
        // ORDERING: Release pairs with the Acquire in `ended`, for `add_timed`.
        self.ended.fetch_add(calls, Ordering::Release);
    }

    /// So many calls have ended that took so long together.
    pub(crate) fn add_timed(&self, calls: usize, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.spent.fetch_add(nanoseconds, Ordering::Relaxed);
        // After the time: who sees the calls sees too much of it rather than too little.
        self.add(calls);
    }

    /// How many calls have ended.
    pub(crate) fn ended(&self) -> usize {
        // ORDERING: see `add`.
        self.ended.load(Ordering::Acquire)
    }

    /// How long calls took that were timed, all together.
    pub(crate) fn spent(&self) -> Duration {
        Duration::from_nanos(self.spent.load(Ordering::Relaxed))
    }
}
