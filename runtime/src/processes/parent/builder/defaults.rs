//! The default options of a pool's calls, for what neither the call nor its task sets.

use std::time::Duration;

use super::ProcessPoolBuilder;

/// The default options of calls, for what neither the call nor its task sets: see
/// [`Options`](crate::Options), also for the order of precedence. The initializer is no call; it
/// has the [start limit](Self::start_limit).
impl ProcessPoolBuilder {
    /// Limits the time that a call may run; its worker is killed after it. See
    /// [`Options::timeout`](crate::Options::timeout).
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

    /// Limits the memory of a worker that runs a call, in bytes; it is killed above it. See
    /// [`Options::memory`](crate::Options::memory).
    ///
    /// A worker that holds more between two calls is replaced, which is no call's fault.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.defaults = self.defaults.memory(bytes);
        self
    }

    /// Retries calls whose worker is lost, up to `times` times; see
    /// [`Options::retries`](crate::Options::retries).
    pub fn retries(mut self, times: u32) -> Self {
        self.defaults = self.defaults.retries(times);
        self
    }

    /// Sets the time before the first retry of a call; see
    /// [`Options::backoff`](crate::Options::backoff).
    pub fn backoff(mut self, first: Duration) -> Self {
        self.defaults = self.defaults.backoff(first);
        self
    }

    /// Sets whether calls that exceed their time limit are retried too; see
    /// [`Options::retry_timeouts`](crate::Options::retry_timeouts).
    pub fn retry_timeouts(mut self, retry: bool) -> Self {
        self.defaults = self.defaults.retry_timeouts(retry);
        self
    }

    /// Does without process descriptors, as on a system that has none.
    #[cfg(feature = "test-hooks")]
    #[doc(hidden)]
    pub fn without_pidfd(mut self) -> Self {
        self.features.pidfd = false;
        self
    }
}
