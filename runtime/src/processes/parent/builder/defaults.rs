//! The default options of a pool's calls, for what neither the call nor its task sets.

use std::time::Duration;

use super::ProcessPoolBuilder;

/// The default options of calls, for what neither the call nor its task sets: see
/// [`Options`](crate::Options), also for the order of precedence. The initializer is no call; it
/// has the [start timeout](Self::start_timeout).
impl ProcessPoolBuilder {
    /// Limits the time that each call may run; its worker is killed after it.
    ///
    /// The limit of a call or of its task counts first: see
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

    /// Limits the memory of a worker that runs a call, in bytes; it is killed above it.
    ///
    /// The limit of a call or of its task counts first: see
    /// [`Options::memory`](crate::Options::memory). A worker that holds more between two calls is
    /// replaced, and no call fails for it.
    ///
    /// # Examples
    ///
    /// On Linux:
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn hoard() {
    ///     let hoard = vec![1_u8; 200 << 20];
    ///     loop {
    ///         std::thread::park();
    ///         assert!(!hoard.is_empty());
    ///     }
    /// }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).memory(100 << 20).build()?;
    ///     let error = hoard::submit(&pool).result().unwrap_err();
    ///     assert!(error.is_memory_exceeded());
    ///     Ok(())
    /// }
    /// ```
    pub fn memory(mut self, bytes: u64) -> Self {
        self.defaults = self.defaults.memory(bytes);
        self
    }

    /// Sets how often a call whose worker is lost is run again.
    ///
    /// Never by default. The number of a call or of its task counts first: see
    /// [`Options::retries`](crate::Options::retries).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn crash() { std::process::abort() }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).retries(2).build()?;
    ///     let error = crash::submit(&pool).result().unwrap_err();
    ///     assert!(error.is_worker_lost());
    ///     assert_eq!(error.attempts(), 3);
    ///     Ok(())
    /// }
    /// ```
    pub fn retries(mut self, times: u32) -> Self {
        self.defaults = self.defaults.retries(times);
        self
    }

    /// Sets the delay before the first retry of a call; it doubles for each later one.
    ///
    /// Ten milliseconds by default, and ten seconds at most. The delay of a call or of its task
    /// counts first: see [`Options::backoff`](crate::Options::backoff).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn crash() { std::process::abort() }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let first = Duration::from_millis(1);
    ///     let pool = ProcessPool::builder().workers(1).retries(2).backoff(first).build()?;
    ///     assert_eq!(crash::submit(&pool).result().unwrap_err().attempts(), 3);
    ///     Ok(())
    /// }
    /// ```
    pub fn backoff(mut self, first: Duration) -> Self {
        self.defaults = self.defaults.backoff(first);
        self
    }

    /// Sets whether calls that exceed their time limit are retried too.
    ///
    /// `false` by default. What a call or its task says counts first: see
    /// [`Options::retry_timeouts`](crate::Options::retry_timeouts).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task(timeout = "50ms")]
    /// fn run_for_ever() { loop { std::thread::park() } }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).retries(1).retry_timeouts(true).build()?;
    ///     let error = run_for_ever::submit(&pool).result().unwrap_err();
    ///     assert!(error.is_timed_out());
    ///     assert_eq!(error.attempts(), 2);
    ///     Ok(())
    /// }
    /// ```
    pub fn retry_timeouts(mut self, retry: bool) -> Self {
        self.defaults = self.defaults.retry_timeouts(retry);
        self
    }

    /// Sets whether a call runs without the options that the pool does not support.
    ///
    /// By default such a call is [rejected](crate::TaskError::is_rejected). Processes support all
    /// options but a memory limit on systems that do not tell the memory of a process; Linux does.
    /// The first call that runs without its limit is logged, with the level of a warning.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task(memory = "1 GiB")]
    /// fn render(page: u32) -> String { format!("page {page}") }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().skip_unsupported(true).build()?;
    ///     assert_eq!(render::submit(&pool, 1).result()?, "page 1");
    ///     Ok(())
    /// }
    /// ```
    pub fn skip_unsupported(mut self, skip: bool) -> Self {
        self.skip_unsupported = skip;
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
