//! The description of a work-stealing pool.

use std::{
    fmt,
    sync::{Arc, atomic::AtomicUsize},
    thread,
};

use super::{WorkStealingPool, handle::StealingHandle, rayon, shared::StealingShared, threads};
use crate::{
    executor::BuildError,
    exit,
    pool_common::builder::{SettingsBuilder, builder_methods},
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
///     .max_pending(1000)
///     .initializer(|| println!("a worker starts"))
///     .build()?;
/// assert!(pool.spawn(|| true).result()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct WorkStealingPoolBuilder {
    settings: SettingsBuilder,
}

builder_methods! {
    WorkStealingPoolBuilder of WorkStealingPool {
        /// They run calls, and what calls do in parallel with rayon. By default the number of
        /// usable CPUs.
        workers;
    }
}

impl WorkStealingPoolBuilder {
    pub(super) fn new() -> Self {
        let cpus = thread::available_parallelism().map_or(1, usize::from);
        Self {
            settings: SettingsBuilder::new(cpus),
        }
    }

    /// Makes the pool, and starts its threads.
    ///
    /// # Errors
    ///
    /// [`BuildError`] says which setting makes no sense, or that the system gives no thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{BuildError, WorkStealingPool};
    ///
    /// let pool = WorkStealingPool::builder().workers(2).build()?;
    /// assert_eq!(pool.spawn(|| 6 * 7).result()?, 42);
    ///
    /// let refused = WorkStealingPool::builder().workers(0).build();
    /// assert!(matches!(refused, Err(BuildError::ZeroWorkers)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn build(self) -> Result<WorkStealingPool, BuildError> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let most = rayon::max_num_threads();
        let settings = self.settings.build(most, "WorkStealingPool", &NEXT)?;
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

impl fmt::Debug for WorkStealingPoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("WorkStealingPoolBuilder");
        self.settings.show(&mut shown);
        shown.finish()
    }
}
