//! The executor trait, and what every executor shares.
//!
//! An executor is handed [`Job`]s: type-erased calls, each to be run once on some
//! worker. It never sees a future, and a future never sees it:
//!
//! ```text
//!   Submit::submit(call) --> Future          (the caller's)
//!           |
//!           `-> Executor::execute(job) ... worker: job.run()
//! ```
//!
//! A job that is dropped unrun fails its future, so a mistake in an executor leaves no
//! waiter blocked for ever.

mod any;
mod bound;
mod call;
mod inline;
#[expect(
    unsafe_code,
    reason = "lets the count of a hold go with the outcome, in one step"
)]
mod job;
#[cfg(not(all(unix, feature = "processes", feature = "work-stealing")))]
mod left_out;
mod reach;
mod refusals;
mod skipping;
mod tuning;
mod unsupported;

use std::{borrow::Cow, ops::Deref, sync::Arc};

use crate::{id::ExecutorId, task::Options};

pub use crate::cell::RemoteCall;
pub use any::AnyExecutor;
pub(crate) use bound::Bound;
pub use call::{ChunkFuture, Reaches};
pub(crate) use call::{submit, submit_chunk, submit_with, try_submit};
pub use inline::Inline;
pub use job::Job;
#[cfg(not(all(unix, feature = "processes")))]
pub use left_out::{InProcesses, ProcessPool};
#[cfg(not(feature = "work-stealing"))]
pub use left_out::{InWorkStealing, WorkStealingPool};
pub use reach::{Anywhere, Here, Reach};
pub use refusals::{BuildError, Full, StillBusy};
pub use skipping::{SkipLog, SkipUnsupported};
pub use tuning::Tuning;
pub(crate) use unsupported::shared_not_cloned;
pub use unsupported::{Cloned, EndsCalls, RunsClosures};

/// Runs calls on its workers.
///
/// An implementation needs two items: how far its calls travel, and `execute`, which
/// takes a job; the rest has defaults. Code over any executor takes
/// `&dyn` [`AnyExecutor`], or a generic `E: Executor`.
///
/// # Examples
///
/// An executor that runs each call on a thread of its own:
///
/// ```
/// use concurrent_futures::{Executor, Here, Job, prelude::*};
///
/// struct ThreadEach;
///
/// impl Executor for ThreadEach {
///     type Reach = Here;
///
///     fn execute(&self, job: Job) {
///         std::thread::spawn(move || job.run());
///     }
/// }
///
/// #[task]
/// fn cube(n: u64) -> u64 { n * n * n }
///
/// assert_eq!(cube::submit(&ThreadEach, 3).result()?, 27);
/// # Ok::<(), TaskError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an executor",
    note = "an executor is a `ThreadPool`, a `WorkStealingPool`, a `ProcessPool`, `Inline`, \
            or what implements `Executor`",
    note = "`new`, `build` and `parse` of a pool return a `Result`: add `?`, as in \
            `ProcessPool::new()?`; a builder becomes a pool by `.build()?`"
)]
pub trait Executor: Send + Sync {
    /// How far calls travel: [`Here`] in this process, or [`Anywhere`], as bytes too.
    type Reach: Reach;

    /// Takes a job, to be run once on a worker.
    ///
    /// May block while the executor is full (backpressure). An executor that cannot run
    /// the job fails it with [`Job::fail`].
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, prelude::*};
    ///
    /// struct ThreadEach;
    ///
    /// impl Executor for ThreadEach {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         std::thread::spawn(move || job.run());
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// assert_eq!(cube::submit(&ThreadEach, 3).result()?, 27);
    /// # Ok::<(), TaskError>(())
    /// ```
    fn execute(&self, job: Job<Self::Reach>);

    /// Takes a job if the executor is not full; does not wait.
    ///
    /// The default calls `execute`; an executor whose `execute` may block overrides it.
    ///
    /// # Errors
    ///
    /// Returns the job if the executor is full.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, prelude::*};
    /// use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
    ///
    /// /// Hands jobs to a worker through a channel that holds one.
    /// struct Channel(SyncSender<Job>);
    ///
    /// impl Executor for Channel {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         let _ = self.0.send(job); // a job that is dropped fails its future
    ///     }
    ///
    ///     fn try_execute(&self, job: Job) -> Result<(), Job> {
    ///         match self.0.try_send(job) {
    ///             Err(TrySendError::Full(job)) => Err(job),
    ///             _ => Ok(()),
    ///         }
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// let (jobs, worker): (_, Receiver<Job>) = sync_channel(1);
    /// let channel = Channel(jobs);
    /// let future = channel.try_submit(cube { n: 3 })?;
    /// assert!(channel.try_submit(cube { n: 4 }).is_err());
    /// worker.recv()?.run();
    /// assert_eq!(future.result()?, 27);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn try_execute(&self, job: Job<Self::Reach>) -> Result<(), Job<Self::Reach>> {
        self.execute(job);
        Ok(())
    }

    /// Returns the executor's id, if its workers may run calls in place that they wait for.
    ///
    /// Worker threads of such an executor call [`ExecutorId::enter`]. `None` by default.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, ExecutorId, Here, Job, prelude::*};
    ///
    /// /// A thread for each call, on which waits for its own calls run these.
    /// struct ThreadEach(ExecutorId);
    ///
    /// impl Executor for ThreadEach {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         let id = self.0;
    ///         std::thread::spawn(move || {
    ///             let _worker = id.enter();
    ///             job.run();
    ///         });
    ///     }
    ///
    ///     fn id(&self) -> Option<ExecutorId> { Some(self.0) }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// assert_eq!(cube::submit(&ThreadEach(ExecutorId::new()), 3).result()?, 27);
    /// # Ok::<(), TaskError>(())
    /// ```
    fn id(&self) -> Option<ExecutorId> {
        None
    }

    /// Returns the maximum number of calls that run at the same time.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Inline, Job, ThreadPool};
    ///
    /// struct Pair([ThreadPool; 2]);
    ///
    /// impl Executor for Pair {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         self.0[usize::from(job.name() < "m")].execute(job);
    ///     }
    ///
    ///     fn workers(&self) -> usize {
    ///         self.0.iter().map(Executor::workers).sum()
    ///     }
    /// }
    ///
    /// assert_eq!(Inline.workers(), 1);
    /// ```
    fn workers(&self) -> usize {
        1
    }

    /// Returns how calls are best submitted: in chunks or not, with recorded times or not.
    ///
    /// Asked for each call, so the answer is to be cheap. By default [`Tuning::new`].
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, ThreadPool, Tuning};
    ///
    /// /// Threads that are given calls which compute.
    /// struct Computing(ThreadPool);
    ///
    /// impl Executor for Computing {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         self.0.execute(job);
    ///     }
    ///
    ///     fn tuning(&self) -> Tuning {
    ///         self.0.tuning().prefers_chunks(true)
    ///     }
    /// }
    /// ```
    fn tuning(&self) -> Tuning {
        Tuning::new()
    }

    /// Checks whether the executor supports the options of a call.
    ///
    /// By default it supports a name, and limits that cannot be reached; a time limit, a
    /// memory limit and retries take an executor that can end its workers.
    ///
    /// # Errors
    ///
    /// Names the option that is not supported, and the way out if there is one. Such a call
    /// [is rejected](crate::TaskError::is_rejected), unless the executor [skips](Self::skips) it.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, prelude::*};
    /// use std::borrow::Cow;
    ///
    /// /// Runs calls at once, and takes none that has a name.
    /// struct Nameless;
    ///
    /// impl Executor for Nameless {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         job.run();
    ///     }
    ///
    ///     fn keeps(&self, options: &Options) -> Result<(), Cow<'static, str>> {
    ///         match options.get_name() {
    ///             Some(name) => Err(format!("a name such as `{name}`").into()),
    ///             None => Ok(()),
    ///         }
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// let named = Options::new().name("three cubed");
    /// let error = Nameless.submit_with(cube { n: 3 }, named).result().unwrap_err();
    /// assert!(error.is_rejected() && error.to_string().contains("`three cubed`"));
    /// ```
    fn keeps(&self, options: &Options) -> Result<(), Cow<'static, str>> {
        options
            .beyond_threads()
            .map_or(Ok(()), |what| Err(what.into()))
    }

    /// Returns the record of what it skips, if it runs calls without the options that it does not
    /// [keep](Self::keeps).
    ///
    /// `None` by default: such a call [is rejected](crate::TaskError::is_rejected).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, SkipLog, prelude::*};
    ///
    /// struct ThreadEach(SkipLog);
    ///
    /// impl Executor for ThreadEach {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         std::thread::spawn(move || job.run());
    ///     }
    ///
    ///     fn skips(&self) -> Option<&SkipLog> {
    ///         Some(&self.0)
    ///     }
    /// }
    ///
    /// #[task(timeout = "5s")]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// assert_eq!(cube::submit(&ThreadEach(SkipLog::new()), 3).result()?, 27);
    /// # Ok::<(), TaskError>(())
    /// ```
    fn skips(&self) -> Option<&SkipLog> {
        None
    }
}

macro_rules! executor_by_reference {
    ($($owner:ty),*) => {$(
        impl<E: Executor + ?Sized> Executor for $owner {
            type Reach = E::Reach;

            fn execute(&self, job: Job<E::Reach>) {
                self.deref().execute(job);
            }

            fn try_execute(&self, job: Job<E::Reach>) -> Result<(), Job<E::Reach>> {
                self.deref().try_execute(job)
            }

            fn id(&self) -> Option<ExecutorId> {
                self.deref().id()
            }

            fn workers(&self) -> usize {
                self.deref().workers()
            }

            #[inline]
            fn tuning(&self) -> Tuning {
                self.deref().tuning()
            }

            fn keeps(&self, options: &Options) -> Result<(), Cow<'static, str>> {
                self.deref().keeps(options)
            }

            fn skips(&self) -> Option<&SkipLog> {
                self.deref().skips()
            }
        }
    )*};
}

executor_by_reference!(&E, Arc<E>, Box<E>);
