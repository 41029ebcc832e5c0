//! Any executor behind a reference: the object-safe form of [`Executor`].

use std::borrow::Cow;

use super::{Anywhere, Executor, Job, SkipLog, Tuning};
use crate::{id::ExecutorId, task::Options};

/// Any executor, as a trait object.
///
/// `&pool` coerces to `&dyn AnyExecutor`, which is an [`Executor`] itself. Since its calls
/// may leave the process, it takes tasks whose parameters and results are
/// [`Portable`](crate::Portable); on threads their values are moved, and never become bytes.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{AnyExecutor, prelude::*};
///
/// #[task]
/// fn square(n: u32) -> u32 { n * n }
///
/// fn sum_of_squares(executor: &dyn AnyExecutor) -> Result<u32, TaskError> {
///     square::map(executor, 1..=3).sum()
/// }
///
/// assert_eq!(sum_of_squares(&ThreadPool::new())?, 14);
/// assert_eq!(sum_of_squares(&Inline)?, 14);
/// # Ok::<(), TaskError>(())
/// ```
pub trait AnyExecutor: Send + Sync {
    #[doc(hidden)]
    fn execute_any(&self, job: Job<Anywhere>);

    #[doc(hidden)]
    fn try_execute_any(&self, job: Job<Anywhere>) -> Result<(), Job<Anywhere>>;

    #[doc(hidden)]
    fn any_id(&self) -> Option<ExecutorId>;

    #[doc(hidden)]
    fn any_workers(&self) -> usize;

    #[doc(hidden)]
    fn any_tuning(&self) -> Tuning;

    #[doc(hidden)]
    fn any_keeps(&self, options: &Options) -> Result<(), Cow<'static, str>>;

    #[doc(hidden)]
    fn any_skips(&self) -> Option<&SkipLog>;
}

impl<E: Executor> AnyExecutor for E {
    fn execute_any(&self, job: Job<Anywhere>) {
        self.execute(job.into_reach());
    }

    fn try_execute_any(&self, job: Job<Anywhere>) -> Result<(), Job<Anywhere>> {
        // The executor returns the job that it was given, or another one of the same reach.
        self.try_execute(job.into_reach())
            .map_err(Job::into_anywhere)
    }

    fn any_id(&self) -> Option<ExecutorId> {
        self.id()
    }

    fn any_workers(&self) -> usize {
        self.workers()
    }

    fn any_tuning(&self) -> Tuning {
        self.tuning()
    }

    fn any_keeps(&self, options: &Options) -> Result<(), Cow<'static, str>> {
        self.keeps(options)
    }

    fn any_skips(&self) -> Option<&SkipLog> {
        self.skips()
    }
}

impl Executor for dyn AnyExecutor + '_ {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        self.execute_any(job);
    }

    fn try_execute(&self, job: Job<Anywhere>) -> Result<(), Job<Anywhere>> {
        self.try_execute_any(job)
    }

    fn id(&self) -> Option<ExecutorId> {
        self.any_id()
    }

    fn workers(&self) -> usize {
        self.any_workers()
    }

    fn tuning(&self) -> Tuning {
        self.any_tuning()
    }

    fn keeps(&self, options: &Options) -> Result<(), Cow<'static, str>> {
        self.any_keeps(options)
    }

    fn skips(&self) -> Option<&SkipLog> {
        self.any_skips()
    }
}
