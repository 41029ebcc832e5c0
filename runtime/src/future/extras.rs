//! What only some calls carry: options, times, watchers.
//!
//! It stands behind one pointer, which is null for a call that asked for nothing and that
//! nobody watches. The rest of a cell then fits into one line of a cache.

use std::{sync::OnceLock, time::Instant};

use super::{lazy_box::LazyBox, watchers::Watchers};
use crate::{id::ExecutorId, sync::Mutex, task::Options};

/// What a call is told of its executor when it is submitted.
#[derive(Debug)]
pub struct Placement {
    pub(crate) executor: Option<ExecutorId>,
    pub(crate) options: Options,
    pub(crate) records_times: bool,
}

/// Beside a call that asked for something, or that somebody watches.
pub(crate) struct Extras(LazyBox<LazyExtras>);

struct LazyExtras {
    requested: Option<Box<Requested>>,
    watchers: Mutex<Watchers>,
}

/// Known when the call is submitted.
struct Requested {
    options: Options,
    clock: Option<Clock>,
}

impl Extras {
    /// Extras for a call.
    #[inline]
    pub(crate) fn of(options: Options, records_times: bool) -> Self {
        let is_requested = records_times || !options.are_none();
        Self(LazyBox::new(
            is_requested.then(|| Self::requested_cold(options, records_times)),
        ))
    }

    #[cold]
    fn requested_cold(options: Options, records_times: bool) -> Box<LazyExtras> {
        let clock = records_times.then(Clock::start);
        Box::new(LazyExtras {
            requested: Some(Box::new(Requested { options, clock })),
            watchers: Mutex::default(),
        })
    }

    /// What was asked for the call.
    pub(crate) fn options(&self) -> Option<&Options> {
        Some(&self.requested()?.options)
    }

    /// The times of the call, if they are recorded.
    #[inline]
    pub(crate) fn clock(&self) -> Option<&Clock> {
        self.requested()?.clock.as_ref()
    }

    /// Who watches the call: for who is about to, or knows that somebody does. Else it is made for nothing.
    pub(super) fn watchers(&self) -> &Mutex<Watchers> {
        let carried = self.0.get_or_init(|| LazyExtras {
            requested: None,
            watchers: Mutex::default(),
        });
        &carried.watchers
    }

    #[inline]
    fn requested(&self) -> Option<&Requested> {
        self.0.get()?.requested.as_deref()
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
