//! What a caller asks for one call, beside its arguments.

use std::time::Duration;

/// What a caller asks for one call: a name, limits, attempts.
///
/// An executor keeps what is asked or refuses the call; nothing is ignored.
/// Threads cannot be killed, so a time limit, retries and a memory limit are
/// refused on them.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn double(n: u32) -> u32 { n * 2 }
///
/// let pool = ThreadPool::new();
/// let named = pool.submit_with(double { n: 4 }, Options::new().name("four"));
/// assert_eq!(named.name(), "four");
/// assert_eq!(named.result()?, 8);
///
/// let limited = Options::new().timeout(Duration::from_secs(5));
/// assert!(pool.submit_with(double { n: 4 }, limited).result().unwrap_err().is_rejected());
/// # Ok::<(), TaskError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    name: Option<String>,
    timeout: Option<Duration>,
    retries: Option<u32>,
    memory: Option<u64>,
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

    /// Ends the call's worker when the call has run for `limit`.
    ///
    /// The time counts from the moment a worker starts the call.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Runs the call again, up to `attempts` times, if its worker is lost.
    ///
    /// An `Err` and a panic are outcomes, and never retried.
    #[must_use]
    pub fn retries(mut self, attempts: u32) -> Self {
        self.retries = Some(attempts);
        self
    }

    /// Ends the call's worker when it holds more than `bytes` of memory.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
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

    /// The number of retries asked for.
    #[must_use]
    pub fn get_retries(&self) -> Option<u32> {
        self.retries
    }

    /// The memory limit asked for, in bytes.
    #[must_use]
    pub fn get_memory(&self) -> Option<u64> {
        self.memory
    }

    /// These options, and what `others` ask where these ask nothing.
    #[must_use]
    #[inline]
    pub(crate) fn or(self, others: Self) -> Self {
        Self {
            name: self.name.or(others.name),
            timeout: self.timeout.or(others.timeout),
            retries: self.retries.or(others.retries),
            memory: self.memory.or(others.memory),
        }
    }

    /// Whether nothing is asked.
    #[inline]
    pub(crate) fn are_none(&self) -> bool {
        let Self {
            name,
            timeout,
            retries,
            memory,
        } = self;
        name.is_none() && timeout.is_none() && retries.is_none() && memory.is_none()
    }

    /// The first thing asked that not even an executor keeps which can end its workers.
    pub(crate) fn beyond_time_limits(&self) -> Option<&'static str> {
        let asked = [
            (self.retries.is_some(), "retries"),
            (self.memory.is_some(), "a memory limit"),
        ];
        asked
            .into_iter()
            .find_map(|(is_asked, what)| is_asked.then_some(what))
    }

    /// The first thing asked that takes an executor which can end its workers.
    pub(crate) fn beyond_threads(&self) -> Option<&'static str> {
        let asked = [
            (
                self.timeout.is_some(),
                "a time limit; use one that can end its workers",
            ),
            (
                self.retries.is_some(),
                "retries; use one that can end its workers",
            ),
            (
                self.memory.is_some(),
                "a memory limit; use one that can end its workers",
            ),
        ];
        asked
            .into_iter()
            .find_map(|(is_asked, what)| is_asked.then_some(what))
    }
}
