//! The description of a thread pool.

use std::{
    fmt,
    sync::{Arc, atomic::AtomicUsize},
    thread,
    time::Duration,
};

use super::{ThreadPool, shared::ThreadPoolShared, worker_counts::MAX_THREADS};
use crate::{
    executor::BuildError,
    exit,
    pool_common::builder::{SettingsBuilder, builder_methods},
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
///     .max_pending(1000)
///     .idle_timeout(Duration::from_secs(10))
///     .initializer(|| println!("a worker starts"))
///     .build()?;
/// assert!(pool.spawn(|| true).result()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct ThreadPoolBuilder {
    settings: SettingsBuilder,
    idle_timeout: Option<Duration>,
}

builder_methods! {
    ThreadPoolBuilder of ThreadPool {
        /// By default the number of usable CPUs plus four, at most 32.
        workers;
    }
}

impl ThreadPoolBuilder {
    pub(super) fn new() -> Self {
        Self {
            settings: SettingsBuilder::new(default_workers()),
            idle_timeout: None,
        }
    }

    /// Sets the time after which an idle worker thread ends; later calls start new ones.
    ///
    /// By default threads stay as long as the pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    /// use std::time::Duration;
    ///
    /// let pool = ThreadPool::builder().idle_timeout(Duration::from_millis(1)).build()?;
    /// assert_eq!(pool.spawn(|| 6 * 7).result()?, 42);
    /// while pool.threads() > 0 {
    ///     std::thread::sleep(Duration::from_millis(1));
    /// }
    /// assert_eq!(pool.spawn(|| 8 * 9).result()?, 72);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = Some(limit);
        self
    }

    /// Makes the pool. Starts no thread yet.
    ///
    /// # Errors
    ///
    /// [`BuildError`] says which setting makes no sense.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{BuildError, ThreadPool};
    ///
    /// let pool = ThreadPool::builder().workers(8).build()?;
    /// assert_eq!(pool.threads(), 0);
    ///
    /// let refused = ThreadPool::builder().workers(0).build();
    /// assert!(matches!(refused, Err(BuildError::ZeroWorkers)));
    /// # Ok::<(), BuildError>(())
    /// ```
    pub fn build(self) -> Result<ThreadPool, BuildError> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let settings = self.settings.build(MAX_THREADS, "ThreadPool", &NEXT)?;
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

impl fmt::Debug for ThreadPoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ThreadPoolBuilder");
        self.settings.show(&mut shown);
        shown.field("idle_timeout", &self.idle_timeout).finish()
    }
}
