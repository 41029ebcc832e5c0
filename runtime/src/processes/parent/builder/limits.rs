//! How many workers a pool has, how long they stay, and what its calls may take up.

use std::time::Duration;

use super::ProcessPoolBuilder;

/// The number of workers, how long they stay, and the limits of their calls.
impl ProcessPoolBuilder {
    /// Sets the maximum number of worker processes; each runs one call at a time.
    ///
    /// The default is the number of usable CPUs.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn double(n: u64) -> u64 { n * 2 }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(2).build()?;
    ///     assert_eq!(double::map(&pool, 1..=3).into_vec()?, [2, 4, 6]);
    ///     assert!(pool.pids().len() <= 2);
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias("max_workers", "processes"))]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Limits the number of pending calls: those submitted and not yet started.
    ///
    /// While the bound is reached, `submit` blocks and `try_submit` gives the call back. In async
    /// code use `try_submit`. A callback of the pool's calls may exceed the bound with `submit`,
    /// because it might wait for itself.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn double(n: u64) -> u64 { n * 2 }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     // The thousand inputs wait in the iterator: at most ten of them in the pool.
    ///     let pool = ProcessPool::builder().workers(2).max_pending(10).build()?;
    ///     let futures: Vec<_> = (0..1_000).map(|n| double::submit(&pool, n)).collect();
    ///     for (n, future) in (0..).zip(futures) {
    ///         assert_eq!(future.result()?, 2 * n);
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias("bound", "backpressure"))]
    pub fn max_pending(mut self, pending: usize) -> Self {
        self.bound = Some(pending);
        self
    }

    /// Sets the time after which an idle worker process ends; later calls start new ones.
    ///
    /// By default workers stay as long as the pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn double(n: u64) -> u64 { n * 2 }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().idle_timeout(Duration::from_millis(1)).build()?;
    ///     assert_eq!(double::submit(&pool, 21).result()?, 42);
    ///     while !pool.pids().is_empty() {
    ///         std::thread::sleep(Duration::from_millis(1));
    ///     }
    ///     assert_eq!(double::submit(&pool, 4).result()?, 8);
    ///     Ok(())
    /// }
    /// ```
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = Some(limit);
        self
    }

    /// Sets the number of calls after which a worker process is replaced by a new one.
    ///
    /// For tasks that leak. By default the number is unlimited. A worker counts for
    /// [`workers`](Self::workers) until it has answered its last call; it may still be exiting
    /// while the next one starts.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn process_id() -> u32 { std::process::id() }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).max_tasks(1).build()?;
    ///     let (one, two) = (process_id::submit(&pool), process_id::submit(&pool));
    ///     assert_ne!(one.result()?, two.result()?);
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias("max_tasks_per_child", "maxtasksperchild"))]
    pub fn max_tasks(mut self, calls: u64) -> Self {
        self.max_tasks = Some(calls);
        self
    }

    /// Limits the time in which a worker must become ready, its initializer included.
    ///
    /// Ten seconds by default. A worker that takes longer is killed; after three of these in a row
    /// the pool is broken.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn load_model() {}
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder()
    ///         .initializer(load_model {})
    ///         .start_timeout(Duration::from_secs(120))
    ///         .build()?;
    ///     load_model::submit(&pool).result()?;
    ///     Ok(())
    /// }
    /// ```
    pub fn start_timeout(mut self, limit: Duration) -> Self {
        self.start_timeout = limit;
        self
    }

    /// Limits the size of the arguments of one call, and of one result, in bytes.
    ///
    /// 1 GiB by default. A larger one fails its call with
    /// [`is_encode`](crate::TaskError::is_encode).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn count(text: String) -> usize { text.len() }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().max_frame(1_000).build()?;
    ///     assert_eq!(count::submit(&pool, "a".repeat(100)).result()?, 100);
    ///     let error = count::submit(&pool, "a".repeat(10_000)).result().unwrap_err();
    ///     assert!(error.is_encode());
    ///     Ok(())
    /// }
    /// ```
    pub fn max_frame(mut self, bytes: u64) -> Self {
        self.frame_limit = bytes;
        self
    }

    /// Records when each call was submitted, started and finished, for
    /// [`Future::times`](crate::Future::times).
    ///
    /// Off by default: reading the clock costs time.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn double(n: u64) -> u64 { n * 2 }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().record_times(true).build()?;
    ///     let future = double::submit(&pool, 21);
    ///     future.get()?;
    ///     let times = future.times().expect("the pool records them");
    ///     assert!(times.finished() >= times.started());
    ///     Ok(())
    /// }
    /// ```
    pub fn record_times(mut self, record: bool) -> Self {
        self.record_times = record;
        self
    }
}
