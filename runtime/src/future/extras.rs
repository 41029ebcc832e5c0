//! What only some calls carry: options and times.
//!
//! It stands behind one pointer, which is null for a call that asked for nothing.

use std::{sync::OnceLock, time::Instant};

use crate::{id::ExecutorId, task::Options};

/// What a call is told of its executor when it is submitted.
#[derive(Debug)]
pub struct Placement {
    pub(crate) executor: Option<ExecutorId>,
    pub(crate) options: Options,
    pub(crate) records_times: bool,
}

/// Beside a call that asked for something.
pub(crate) struct Extras {
    pub(crate) options: Options,
    pub(crate) clock: Option<Clock>,
}

impl Extras {
    /// Extras for a call, or none if there is nothing to carry.
    #[inline]
    pub(crate) fn of(options: Options, records_times: bool) -> Option<Box<Self>> {
        if !records_times && options.are_none() {
            return None;
        }
        Some(Self::boxed_cold(options, records_times))
    }

    #[cold]
    fn boxed_cold(options: Options, records_times: bool) -> Box<Self> {
        let clock = records_times.then(Clock::start);
        Box::new(Self { options, clock })
    }
}

/// Notes when a call moved on.
pub(crate) struct Clock {
    submitted: Instant,
    started: OnceLock<Instant>,
    finished: OnceLock<Instant>,
}

impl Clock {
    fn start() -> Self {
        let (started, finished) = (OnceLock::new(), OnceLock::new());
        Self {
            submitted: Instant::now(),
            started,
            finished,
        }
    }

    pub(crate) fn note_start(&self) {
        let _ = self.started.set(Instant::now());
    }

    pub(crate) fn note_finish(&self) {
        let _ = self.finished.set(Instant::now());
    }

    pub(crate) fn read(&self) -> Times {
        Times {
            submitted: self.submitted,
            started: self.started.get().copied(),
            finished: self.finished.get().copied(),
        }
    }
}

/// When a call was submitted, started and finished.
///
/// Recorded only by executors that were asked to, since reading the clock
/// three times costs more than a small call does.
///
/// # Examples
///
/// ```
/// use concurrent_futures::ThreadPool;
///
/// let pool = ThreadPool::builder().record_times(true).build()?;
/// let future = pool.spawn(|| 1 + 1);
/// future.get()?;
/// let times = future.times().expect("the pool records them");
/// assert!(times.started() >= Some(times.submitted()));
/// assert!(times.finished() >= times.started());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    submitted: Instant,
    started: Option<Instant>,
    finished: Option<Instant>,
}

impl Times {
    /// When the call was submitted.
    #[must_use]
    pub fn submitted(&self) -> Instant {
        self.submitted
    }

    /// When a worker started the call; `None` if none has.
    #[must_use]
    pub fn started(&self) -> Option<Instant> {
        self.started
    }

    /// When the outcome was known, cancelled ones included; `None` before.
    #[must_use]
    pub fn finished(&self) -> Option<Instant> {
        self.finished
    }
}
