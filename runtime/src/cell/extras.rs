//! Optional data of a call: options, times, watchers.
//!
//! It lies behind one pointer, which is null for a call without options that has no watcher. The
//! rest of a cell then fits into one cache line.

use std::{sync::OnceLock, time::Instant};

use super::{lazy_box::LazyBox, watchers::Watchers};
use crate::{id::ExecutorId, sync::Mutex, task::Options};

/// Where and how a call is submitted.
#[derive(Debug)]
pub struct Placement {
    pub(crate) executor: Option<ExecutorId>,
    pub(crate) options: Options,
    pub(crate) records_times: bool,
}

/// The optional data of a call, allocated at first use.
pub(crate) struct Extras(LazyBox<LazyExtras>);

struct LazyExtras {
    requested: Option<Box<Requested>>,
    watchers: Mutex<Watchers>,
}

/// The data that is known when the call is submitted.
struct Requested {
    options: Options,
    clock: Option<Clock>,
}

impl Extras {
    /// The extras of a new call; no allocation without options and times.
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

    /// The options of the call, if it has any.
    pub(crate) fn options(&self) -> Option<&Options> {
        Some(&self.requested()?.options)
    }

    /// The clock of the call, if times are recorded.
    #[inline]
    pub(crate) fn clock(&self) -> Option<&Clock> {
        self.requested()?.clock.as_ref()
    }

    /// The watchers of the call. Allocates the extras: only for a caller that adds a watcher, or
    /// has seen WATCHED.
    pub(crate) fn watchers(&self) -> &Mutex<Watchers> {
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

/// Notes when a call was submitted, started and finished.
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
/// Recorded only by executors with `record_times(true)`: reading the clock three times costs more
/// than a small call does.
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
    /// Returns when the call was submitted.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    /// use std::time::Instant;
    ///
    /// let pool = ThreadPool::builder().record_times(true).build()?;
    /// let before = Instant::now();
    /// let future = pool.spawn(|| 1 + 1);
    /// let times = future.times().expect("the pool records them");
    /// assert!(times.submitted() >= before);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn submitted(&self) -> Instant {
        self.submitted
    }

    /// Returns when a worker started the call; `None` if it has not started.
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
    /// let started = times.started().expect("it has run");
    /// println!("the call was pending for {:?}", started - times.submitted());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn started(&self) -> Option<Instant> {
        self.started
    }

    /// Returns when the call finished or was cancelled; `None` before.
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
    /// if let (Some(started), Some(finished)) = (times.started(), times.finished()) {
    ///     println!("the call ran for {:?}", finished - started);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn finished(&self) -> Option<Instant> {
        self.finished
    }
}
