//! Options that an executor does not support: skipped, and logged once, in place of a refusal.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicU8, Ordering},
};

use log::Level;

use super::{Executor, Job, Tuning};
use crate::{
    id::ExecutorId,
    task::{OptionKind, Options},
    unwind,
};

/// Makes an executor skip the options of calls that it does not support, and remembers which ones
/// it has logged.
///
/// An executor that returns one from [`Executor::skips`] runs a call without such an option. The
/// first call that lacks a time limit, a memory limit or retries is logged, with the level of a
/// warning (see the [`log`] crate); later ones are not.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{Executor, Here, Job, SkipLog, prelude::*};
///
/// #[derive(Default)]
/// struct ThreadEach { skips: SkipLog }
///
/// impl Executor for ThreadEach {
///     type Reach = Here;
///
///     fn execute(&self, job: Job) {
///         std::thread::spawn(move || job.run());
///     }
///
///     fn skips(&self) -> Option<&SkipLog> {
///         Some(&self.skips)
///     }
/// }
///
/// #[task(timeout = "5s", retries = 2)]
/// fn cube(n: u64) -> u64 { n * n * n }
///
/// assert_eq!(cube::submit(&ThreadEach::default(), 3).result()?, 27);
/// # Ok::<(), TaskError>(())
/// ```
#[derive(Debug, Default)]
pub struct SkipLog {
    /// A bit for each [`OptionKind`] that was logged.
    logged: AtomicU8,
}

impl SkipLog {
    /// Makes a record of an executor that has skipped nothing yet.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, SkipLog};
    ///
    /// struct OnThisThread(SkipLog);
    ///
    /// impl Executor for OnThisThread {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         job.run();
    ///     }
    ///
    ///     fn skips(&self) -> Option<&SkipLog> {
    ///         Some(&self.0)
    ///     }
    /// }
    ///
    /// assert!(OnThisThread(SkipLog::new()).skips().is_some());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Logs the options that the call `name` runs without, unless a call has before.
    pub(super) fn note(&self, skipped: &[OptionKind], name: &str) {
        for kind in skipped {
            let bit = 1 << *kind as u8;
            // ORDERING: Relaxed, since it publishes no other data.
            if self.logged.fetch_or(bit, Ordering::Relaxed) & bit == 0 {
                unwind::report(
                    Level::Warn,
                    format_args!(
                        "`{name}` runs without {kind}, which its executor cannot keep; \
                         later calls do too, and are not logged"
                    ),
                );
            }
        }
    }
}

/// Removes the options that `executor` does not support, and returns their kinds.
pub(super) fn remove<E: Executor + ?Sized>(executor: &E, options: &mut Options) -> Vec<OptionKind> {
    let mut removed = OptionKind::ALL.to_vec();
    removed.retain(|kind| {
        let alone = options.only(*kind);
        !alone.are_none() && executor.keeps(&alone).is_err()
    });
    removed.iter().for_each(|kind| options.unset(*kind));
    removed
}

/// An executor that skips the options of calls that the one inside does not support.
///
/// Such a call is [rejected](crate::TaskError::is_rejected) otherwise. The first call that runs
/// without a time limit, a memory limit or retries is logged, with the level of a warning; later
/// ones are not.
///
/// It is for [`Inline`](super::Inline) and for executors of your own. The builders of the pools
/// have a setting of this name, and so has a [`Pool`](crate::Pool), in its text too.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{SkipUnsupported, prelude::*};
///
/// #[task(timeout = "5s")]
/// fn render(page: u32) -> String { format!("page {page}") }
///
/// assert!(render::submit(&Inline, 1).result().unwrap_err().is_rejected());
///
/// let inline = SkipUnsupported::new(Inline);
/// assert_eq!(render::submit(&inline, 1).result()?, "page 1");
/// # Ok::<(), TaskError>(())
/// ```
#[derive(Debug, Default)]
pub struct SkipUnsupported<E> {
    executor: E,
    skips: SkipLog,
}

impl<E: Executor> SkipUnsupported<E> {
    /// Wraps an executor, or a reference to one.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{SkipUnsupported, prelude::*};
    ///
    /// #[task(retries = 2)]
    /// fn fetch(page: u32) -> u32 { page }
    ///
    /// let pool = ThreadPool::new();
    /// assert!(fetch::submit(&pool, 1).result().is_err());
    /// assert_eq!(fetch::submit(&SkipUnsupported::new(&pool), 1).result()?, 1);
    /// # Ok::<(), TaskError>(())
    /// ```
    pub fn new(executor: E) -> Self {
        let skips = SkipLog::new();
        Self { executor, skips }
    }

    /// Returns the executor inside.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{SkipUnsupported, ThreadPool};
    ///
    /// let executor = SkipUnsupported::new(ThreadPool::new());
    /// executor.into_inner().shutdown();
    /// ```
    pub fn into_inner(self) -> E {
        self.executor
    }
}

impl<E: Executor> Executor for SkipUnsupported<E> {
    type Reach = E::Reach;

    fn execute(&self, job: Job<E::Reach>) {
        self.executor.execute(job);
    }

    fn try_execute(&self, job: Job<E::Reach>) -> Result<(), Job<E::Reach>> {
        self.executor.try_execute(job)
    }

    fn id(&self) -> Option<ExecutorId> {
        self.executor.id()
    }

    fn workers(&self) -> usize {
        self.executor.workers()
    }

    fn tuning(&self) -> Tuning {
        self.executor.tuning()
    }

    fn keeps(&self, options: &Options) -> Result<(), Cow<'static, str>> {
        self.executor.keeps(options)
    }

    fn skips(&self) -> Option<&SkipLog> {
        Some(&self.skips)
    }
}
