//! The description of a thread pool.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use super::{ThreadPool, shared::ThreadPoolShared, worker_counts::MAX_THREADS};
use crate::{
    executor::BuildError,
    exit,
    pool_common::settings::{self, Settings, ThreadInitializer},
    worker_context,
};

/// Describes a [`ThreadPool`]; made by [`ThreadPool::builder`].
///
/// # Examples
///
/// ```
/// use concurrent_futures::ThreadPool;
/// use std::time::Duration;
///
/// let pool = ThreadPool::builder()
///     .workers(8)
///     .name_prefix("disk")
///     .bound(1000)
///     .idle_timeout(Duration::from_secs(10))
///     .initializer(|| println!("a worker starts"))
///     .build()?;
/// assert!(pool.spawn(|| true).result()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct ThreadPoolBuilder {
    workers: usize,
    name_prefix: Option<String>,
    stack_size: usize,
    bound: Option<usize>,
    idle_timeout: Option<Duration>,
    record_times: bool,
    initializer: Option<ThreadInitializer>,
}

impl ThreadPoolBuilder {
    pub(super) fn new() -> Self {
        Self {
            workers: default_workers(),
            name_prefix: None,
            stack_size: worker_context::default_stack_size(),
            bound: None,
            idle_timeout: None,
            record_times: false,
            initializer: None,
        }
    }

    /// Runs at most so many calls at the same time.
    ///
    /// By default the usable CPUs plus four, at most 32.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Names the threads `prefix_0`, `prefix_1` and so on.
    ///
    /// By default `ThreadPool-K`, with another K for each pool.
    pub fn name_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.name_prefix = Some(prefix.into());
        self
    }

    /// Gives each thread a stack of so many bytes.
    ///
    /// By default what `std` gives a thread, and never less than 64 KiB. A call that a
    /// worker runs in place of waiting has at least half of it.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.stack_size = settings::stack_size(bytes);
        self
    }

    /// Runs `initializer` on each worker before any task.
    ///
    /// A panic breaks the pool for good: calls that are pending, and later ones,
    /// fail with [`is_executor_broken`](crate::TaskError::is_executor_broken).
    /// It must not wait for calls of its own pool: its worker is none yet, and a pool
    /// with no other would wait for ever.
    pub fn initializer(mut self, initializer: impl Fn() + Send + Sync + 'static) -> Self {
        self.initializer = Some(ThreadInitializer::new(initializer));
        self
    }

    /// Runs `initializer` on each worker before any task; it may fail.
    ///
    /// An `Err` breaks the pool as a panic does, with its text.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::builder().try_initializer(|| Err("no licence")).build()?;
    /// let error = pool.spawn(|| 1).result().unwrap_err();
    /// assert!(error.is_executor_broken());
    /// assert_eq!(error.to_string(), "executor is broken: initializer failed: no licence");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_initializer<F, E>(mut self, initializer: F) -> Self
    where
        F: Fn() -> Result<(), E> + Send + Sync + 'static,
        E: fmt::Display,
    {
        self.initializer = Some(ThreadInitializer::fallible(initializer));
        self
    }

    /// Lets at most so many calls be pending: submitted, and not yet started.
    ///
    /// While the bound is reached, `submit` blocks and `try_submit` gives the
    /// call back. With `submit` the pool's own workers, and callbacks of its calls,
    /// go beyond it, or they would wait for themselves.
    pub fn bound(mut self, pending: usize) -> Self {
        self.bound = Some(pending);
        self
    }

    /// Ends threads that had nothing to do for so long; later calls start new ones.
    ///
    /// By default threads stay until the pool goes.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = Some(limit);
        self
    }

    /// Has futures tell when their calls were submitted, started and finished.
    pub fn record_times(mut self, record: bool) -> Self {
        self.record_times = record;
        self
    }

    /// Makes the pool. Starts no thread yet.
    ///
    /// # Errors
    ///
    /// [`BuildError`] says which setting makes no sense.
    pub fn build(self) -> Result<ThreadPool, BuildError> {
        let settings = Settings {
            workers: self.workers,
            name_prefix: self.name_prefix.unwrap_or_else(default_prefix),
            stack_size: self.stack_size,
            bound: self.bound,
            record_times: self.record_times,
            initializer: self.initializer,
        };
        settings.check(MAX_THREADS)?;
        let pool = ThreadPoolShared::new(settings, self.idle_timeout);
        let drain: Arc<dyn exit::Drain> = pool.clone();
        exit::register(Arc::downgrade(&drain));
        Ok(ThreadPool { pool, waits: true })
    }
}

/// As Python's pool does: enough to keep the CPUs busy while some tasks block.
fn default_workers() -> usize {
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    (cpus + 4).min(32)
}

fn default_prefix() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("ThreadPool-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl fmt::Debug for ThreadPoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPoolBuilder")
            .field("workers", &self.workers)
            .field("name_prefix", &self.name_prefix)
            .field("stack_size", &self.stack_size)
            .field("bound", &self.bound)
            .field("idle_timeout", &self.idle_timeout)
            .field("record_times", &self.record_times)
            .field("initializer", &self.initializer.is_some())
            .finish()
    }
}
