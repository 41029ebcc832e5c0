//! The options of a call: a name, limits, retries.

mod support;

use std::time::Duration;

pub(crate) use support::OptionKind;

/// Options of a call: its name, a time limit, a memory limit, retries.
///
/// An executor supports an option or rejects the call; none is ignored. Threads cannot be
/// killed, so executors on threads reject a time limit, a memory limit and retries. A program that
/// is to run there all the same says so once, where it makes the executor: one that was built with
/// [`skip_unsupported`](crate::ThreadPoolBuilder::skip_unsupported) runs calls without these
/// options, and logs the first one of each kind.
///
/// # Precedence
///
/// Each option is taken from the first of these that sets it:
///
/// 1. the call ([`submit_with`](crate::Submit::submit_with),
///    [`MapOptions::each`](crate::MapOptions::each)),
/// 2. its task (`#[task(timeout = "5s")]`),
/// 3. its pool (`ProcessPool::builder().timeout(…)`).
///
/// The largest limit (`Duration::MAX`, `u64::MAX`) means no limit, and removes one of the
/// task or pool; zero retries remove their retries. Every executor supports these values.
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
    /// Makes options of which none is set.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// assert_eq!(Options::new(), Options::default());
    /// assert_eq!(Options::new().get_timeout(), None);
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name of the call, in place of the task's.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn half(n: u32) -> u32 { n / 2 }
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.submit_with(half { n: 8 }, Options::new().name("half of eight"));
    /// assert_eq!(future.name(), "half of eight");
    /// ```
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets a time limit; a call that runs longer is ended, with its worker.
    ///
    /// The time is counted from the moment a worker starts the call, and anew for each retry;
    /// each call of a `map` has its own. The call then fails with
    /// [`is_timed_out`](crate::TaskError::is_timed_out). With a limit of zero, that is each
    /// call that has not ended by the first check.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let limited = Options::new().timeout(Duration::from_secs(5)).memory(1 << 30);
    /// assert_eq!(limited.get_timeout(), Some(Duration::from_secs(5)));
    /// assert_eq!(limited.get_memory(), Some(1_073_741_824));
    /// ```
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Sets a memory limit; a call whose worker exceeds it is ended, with the worker.
    ///
    /// The limit is on the resident memory of the whole worker process, including what it held
    /// before the call. It is sampled while the call runs, so a short peak may pass unseen. The
    /// call then fails with [`is_memory_exceeded`](crate::TaskError::is_memory_exceeded).
    /// Rejected on systems that do not tell the memory of a process; Linux does.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let limited = Options::new().memory(1 << 30); // 1 GiB
    /// assert_eq!(limited.get_memory(), Some(1_073_741_824));
    /// ```
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Sets the number of retries: how often the call is run again if its worker is lost.
    ///
    /// A call has one attempt more than it has retries, and the side effects of a lost attempt
    /// remain. An `Err` and a panic are outcomes, and never retried; nor is a call that was
    /// cancelled, or that exceeded its memory limit. The error of the last attempt tells the
    /// number of [attempts](crate::TaskError::attempts).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let retried = Options::new().retries(3).backoff(Duration::from_millis(50));
    /// assert_eq!(retried.get_retries(), Some(3));
    /// assert_eq!(retried.get_backoff(), Some(Duration::from_millis(50)));
    /// ```
    #[must_use]
    pub fn retries(mut self, times: u32) -> Self {
        self.retries = Some(times);
        self
    }

    /// Sets the delay before the first retry; it doubles for each later one, up to ten seconds.
    ///
    /// Ten milliseconds by default. It causes no retries by itself, but is rejected where these
    /// are.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let patient = Options::new().retries(3).backoff(Duration::from_secs(1)); // 1 s, 2 s, 4 s
    /// assert_eq!(patient.get_backoff(), Some(Duration::from_secs(1)));
    /// ```
    #[must_use]
    pub fn backoff(mut self, first: Duration) -> Self {
        self.backoff = Some(first);
        self
    }

    /// Sets whether a call that exceeds its time limit is retried too, as if its worker were lost.
    ///
    /// `false` by default. It causes no retries by itself, but is rejected where these are.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let limited = Options::new().timeout(Duration::from_secs(5));
    /// let retried = limited.retries(1).retry_timeouts(true);
    /// assert_eq!(retried.get_retry_timeouts(), Some(true));
    /// ```
    #[must_use]
    pub fn retry_timeouts(mut self, retry: bool) -> Self {
        self.retry_timeouts = Some(retry);
        self
    }

    /// Returns the name that is set.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// assert_eq!(Options::new().name("nightly").get_name(), Some("nightly"));
    /// assert_eq!(Options::new().get_name(), None);
    /// ```
    #[must_use]
    pub fn get_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the time limit that is set.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let limit = Duration::from_secs(5);
    /// assert_eq!(Options::new().timeout(limit).get_timeout(), Some(limit));
    /// ```
    #[must_use]
    pub fn get_timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Returns the memory limit that is set, in bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// assert_eq!(Options::new().memory(1 << 30).get_memory(), Some(1_073_741_824));
    /// ```
    #[must_use]
    pub fn get_memory(&self) -> Option<u64> {
        self.memory
    }

    /// Returns the number of retries that is set.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// assert_eq!(Options::new().retries(2).get_retries(), Some(2));
    /// ```
    #[must_use]
    pub fn get_retries(&self) -> Option<u32> {
        self.retries
    }

    /// Returns the delay before the first retry that is set.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let first = Duration::from_millis(50);
    /// assert_eq!(Options::new().backoff(first).get_backoff(), Some(first));
    /// ```
    #[must_use]
    pub fn get_backoff(&self) -> Option<Duration> {
        self.backoff
    }

    /// Returns whether time-outs are retried, if that is set.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// assert_eq!(Options::new().get_retry_timeouts(), None);
    /// assert_eq!(Options::new().retry_timeouts(true).get_retry_timeouts(), Some(true));
    /// ```
    #[must_use]
    pub fn get_retry_timeouts(&self) -> Option<bool> {
        self.retry_timeouts
    }
}

impl Options {
    /// Takes the options that are not set from `others`.
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

    /// Whether no option is set.
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

    /// The time limit, unless it is the largest value, which means none.
    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.timeout.filter(|limit| *limit != Duration::MAX)
    }

    /// The memory limit, unless it is the largest value, which means none.
    pub(crate) fn memory_limit(&self) -> Option<u64> {
        self.memory.filter(|limit| *limit != u64::MAX)
    }
}
