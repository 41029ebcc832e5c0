//! The description of a work-stealing pool.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    WorkStealingPool,
    handle::{StealingHandle, StealingShared},
    rayon, threads,
};
use crate::{
    executor::BuildError,
    exit,
    pool_common::settings::{self, Settings, ThreadInitializer},
    worker_context,
};

/// Describes a [`WorkStealingPool`]; made by [`WorkStealingPool::builder`].
///
/// # Examples
///
/// ```
/// use concurrent_futures::WorkStealingPool;
///
/// let pool = WorkStealingPool::builder()
///     .workers(2)
///     .name_prefix("crunch")
///     .bound(1000)
///     .initializer(|| println!("a worker starts"))
///     .build()?;
/// assert!(pool.spawn(|| true).result()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct WorkStealingPoolBuilder {
    workers: usize,
    name_prefix: Option<String>,
    stack_size: usize,
    bound: Option<usize>,
    record_times: bool,
    initializer: Option<ThreadInitializer>,
}

impl WorkStealingPoolBuilder {
    pub(super) fn new() -> Self {
        Self {
            workers: thread::available_parallelism().map_or(1, usize::from),
            name_prefix: None,
            stack_size: worker_context::default_stack_size(),
            bound: None,
            record_times: false,
            initializer: None,
        }
    }

    /// Runs at most so many calls at the same time, and what they do in parallel, on so many threads.
    ///
    /// By default as many as there are usable CPUs.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Names the threads `prefix_0`, `prefix_1` and so on.
    ///
    /// By default `WorkStealingPool-K`, with another K for each pool.
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
    pub fn initializer(mut self, initializer: impl Fn() + Send + Sync + 'static) -> Self {
        self.initializer = Some(ThreadInitializer::new(initializer));
        self
    }

    /// Runs `initializer` on each worker before any task; it may fail.
    ///
    /// An `Err` breaks the pool as a panic does, with its text.
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

    /// Has futures tell when their calls were submitted, started and finished.
    pub fn record_times(mut self, record: bool) -> Self {
        self.record_times = record;
        self
    }

    /// Makes the pool, and starts its threads.
    ///
    /// # Errors
    ///
    /// [`BuildError`] says which setting makes no sense, or that the system gives no thread.
    pub fn build(self) -> Result<WorkStealingPool, BuildError> {
        let settings = Settings {
            workers: self.workers,
            name_prefix: self.name_prefix.unwrap_or_else(default_prefix),
            stack_size: self.stack_size,
            bound: self.bound,
            record_times: self.record_times,
            initializer: self.initializer,
        };
        settings.check(rayon::max_num_threads())?;
        let shared = StealingShared::new(settings);
        let (rayon, threads) = threads::start(&shared)?;
        let pool = StealingHandle::new(shared, rayon);
        let drain: Arc<dyn exit::Drain> = pool.clone();
        exit::register(Arc::downgrade(&drain));
        Ok(WorkStealingPool {
            pool: Some(pool),
            threads,
            waits: true,
        })
    }
}

fn default_prefix() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("WorkStealingPool-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl fmt::Debug for WorkStealingPoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkStealingPoolBuilder")
            .field("workers", &self.workers)
            .field("name_prefix", &self.name_prefix)
            .field("stack_size", &self.stack_size)
            .field("bound", &self.bound)
            .field("record_times", &self.record_times)
            .field("initializer", &self.initializer.is_some())
            .finish()
    }
}
