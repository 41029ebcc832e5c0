//! What a caller asks for one call, beside its arguments.

use std::time::Duration;

/// What a caller asks for one call: a name, limits, attempts.
///
/// An executor keeps what is asked or refuses the call; nothing is ignored.
/// Threads cannot be killed, so a time limit, retries and a memory limit are
/// refused on them.
///
/// # What counts
///
/// Option by option the nearest: what is asked for the call itself
/// ([`submit_with`](crate::Submit::submit_with), [`MapOptions::each`](crate::MapOptions::each)), else what its
/// task asks (`#[task(timeout = "5s")]`), else what its pool asks (`ProcessPool::builder().timeout(…)`).
///
/// A limit that nobody can reach (`Duration::MAX`, `u64::MAX`) lifts one that is asked farther away, and zero
/// retries lift the retries; every executor keeps these.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task(timeout = "5s")]
/// fn double(n: u32) -> u32 { n * 2 }
///
/// let pool = ThreadPool::new();
/// assert!(double::submit(&pool, 4).result().unwrap_err().is_rejected());
///
/// let named = Options::new().name("four").timeout(Duration::MAX);
/// let future = pool.submit_with(double { n: 4 }, named);
/// assert_eq!(future.name(), "four");
/// assert_eq!(future.result()?, 8);
/// # Ok::<(), TaskError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    name: Option<String>,
    timeout: Option<Duration>,
    memory: Option<u64>,
    retries: Option<u32>,
    backoff: Option<Duration>,
    retry_timeouts: Option<bool>,
}

impl Options {
    /// Asks for nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the call a name of its own, in place of the task's.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Ends the call, and its worker, when it has run for `limit`.
    ///
    /// The time counts from the moment a worker starts the call, and anew for each retry; each call of a `map` has
    /// its own. The call then fails with [`is_timed_out`](crate::TaskError::is_timed_out). With a limit of zero that
    /// is any call that has not ended before somebody looks.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Ends the call, and its worker, when that holds more than `bytes` of memory.
    ///
    /// What counts is the memory that is resident, all of the worker's: what it held before the call too. It is
    /// looked at again and again while the call runs, so that a short peak may pass unseen. The call then fails with
    /// [`is_memory_exceeded`](crate::TaskError::is_memory_exceeded). Refused by systems that do not tell what a process
    /// holds; Linux does.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Runs the call again, up to `times` times, if its worker is lost.
    ///
    /// So a call runs once more often than it is retried, and what it has done before its worker was lost stays done.
    /// An `Err` and a panic are outcomes, and never retried; nor is a call that was cancelled, or that broke its memory
    /// limit. The error of the last attempt says [how many](crate::TaskError::attempts) there were.
    #[must_use]
    pub fn retries(mut self, times: u32) -> Self {
        self.retries = Some(times);
        self
    }

    /// Waits so long before the first retry; twice as long before each later one, at most ten seconds.
    ///
    /// By default ten milliseconds. Asks for no retries by itself, but is refused where these are.
    #[must_use]
    pub fn backoff(mut self, first: Duration) -> Self {
        self.backoff = Some(first);
        self
    }

    /// Whether a call that is past its time limit is retried too, as if its worker were lost.
    ///
    /// By default not. Asks for no retries by itself, but is refused where these are.
    #[must_use]
    pub fn retry_timeouts(mut self, retry: bool) -> Self {
        self.retry_timeouts = Some(retry);
        self
    }

    /// The name asked for.
    #[must_use]
    pub fn get_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The time limit asked for.
    #[must_use]
    pub fn get_timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// The memory limit asked for, in bytes.
    #[must_use]
    pub fn get_memory(&self) -> Option<u64> {
        self.memory
    }

    /// The number of retries asked for.
    #[must_use]
    pub fn get_retries(&self) -> Option<u32> {
        self.retries
    }

    /// The time asked for between the loss of a worker and the first retry.
    #[must_use]
    pub fn get_backoff(&self) -> Option<Duration> {
        self.backoff
    }

    /// Whether it was asked that time-outs are retried, or that they are not.
    #[must_use]
    pub fn get_retry_timeouts(&self) -> Option<bool> {
        self.retry_timeouts
    }
}

impl Options {
    /// These options, and what `others` ask where these ask nothing.
    #[must_use]
    #[inline]
    pub(crate) fn or(self, others: Self) -> Self {
        Self {
            name: self.name.or(others.name),
            timeout: self.timeout.or(others.timeout),
            memory: self.memory.or(others.memory),
            retries: self.retries.or(others.retries),
            backoff: self.backoff.or(others.backoff),
            retry_timeouts: self.retry_timeouts.or(others.retry_timeouts),
        }
    }

    /// Whether nothing is asked.
    #[inline]
    pub(crate) fn are_none(&self) -> bool {
        let Self {
            name,
            timeout,
            memory,
            retries,
            backoff,
            retry_timeouts,
        } = self;
        name.is_none()
            && timeout.is_none()
            && memory.is_none()
            && retries.is_none()
            && backoff.is_none()
            && retry_timeouts.is_none()
    }

    /// The time limit, unless nobody can reach it.
    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.timeout.filter(|limit| *limit != Duration::MAX)
    }

    /// The memory limit, unless nobody can reach it.
    pub(crate) fn memory_limit(&self) -> Option<u64> {
        self.memory.filter(|limit| *limit != u64::MAX)
    }

    /// Whether there may be retries, by these options or with those of others.
    fn is_about_retries(&self) -> bool {
        match self.retries {
            Some(times) => times > 0,
            None => self.backoff.is_some() || self.retry_timeouts == Some(true),
        }
    }

    /// The first thing asked that takes an executor which can end its workers.
    pub(crate) fn beyond_threads(&self) -> Option<&'static str> {
        if self.time_limit().is_some() {
            Some("a time limit; use one that can end its workers")
        } else if self.is_about_retries() {
            Some("retries; use one that can end its workers")
        } else if self.memory_limit().is_some() {
            Some("a memory limit; use one that can end its workers")
        } else {
            None
        }
    }
}
