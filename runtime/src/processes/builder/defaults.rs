//! What each call of a pool asks, unless the call or its task asks something else.

use std::time::Duration;

use super::ProcessPoolBuilder;

/// What each call asks where neither the call nor its task does: see [`Options`](crate::Options), also for what
/// comes first. The initializer is no call; it has the [start limit](Self::start_limit).
impl ProcessPoolBuilder {
    /// Ends calls, and their workers, that have run for `limit`; see [`Options::timeout`](crate::Options::timeout).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn run_for_ever() -> u32 { loop { std::thread::park() } }
    ///
    /// #[task(timeout = "1h")]
    /// fn take_your_time() -> u32 { 7 }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().timeout(Duration::from_millis(100)).build()?;
    ///     assert!(run_for_ever::submit(&pool).result().unwrap_err().is_timed_out());
    ///     assert_eq!(take_your_time::submit(&pool).result()?, 7);
    ///     Ok(())
    /// }
    /// ```
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.defaults = self.defaults.timeout(limit);
        self
    }

    /// Ends calls, and their workers, when these hold more than `bytes` of memory; see
    /// [`Options::memory`](crate::Options::memory).
    ///
    /// A worker that holds more between two calls ends too, which is no call's fault; another one takes its place.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.defaults = self.defaults.memory(bytes);
        self
    }

    /// Runs calls whose worker is lost again, up to `times` times; see
    /// [`Options::retries`](crate::Options::retries).
    pub fn retries(mut self, times: u32) -> Self {
        self.defaults = self.defaults.retries(times);
        self
    }

    /// Waits so long before the first retry of a call; see [`Options::backoff`](crate::Options::backoff).
    pub fn backoff(mut self, first: Duration) -> Self {
        self.defaults = self.defaults.backoff(first);
        self
    }

    /// Whether calls past their time limit are retried too; see
    /// [`Options::retry_timeouts`](crate::Options::retry_timeouts).
    pub fn retry_timeouts(mut self, retry: bool) -> Self {
        self.defaults = self.defaults.retry_timeouts(retry);
        self
    }

    /// Does without descriptors of processes, as on a system that has none.
    #[cfg(feature = "test-hooks")]
    #[doc(hidden)]
    pub fn without_pidfd(mut self) -> Self {
        self.features.pidfd = false;
        self
    }
}
