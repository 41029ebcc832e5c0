//! What runs calls: the trait every executor keeps, open to other people's.
//!
//! An executor is handed [`Job`]s: calls with their types erased, to be run once
//! on some worker. It never sees a future, and a future never sees it:
//!
//! ```text
//!   Submit::submit(call) --> Future          (the caller's)
//!           |
//!           `-> Executor::execute(job) ... worker: job.run()
//! ```
//!
//! A job that is dropped unrun fails its future, so an executor cannot strand
//! anybody by mistake.

mod any;
mod bound;
mod call;
mod inline;
#[expect(
    unsafe_code,
    reason = "lets the count of a hold go with the outcome, in one step"
)]
mod job;
mod reach;
mod reaches;
mod refusals;
mod sent;

use std::{ops::Deref, sync::Arc};

use crate::{id::ExecutorId, task::Options};

pub use any::AnyExecutor;
pub(crate) use bound::Bound;
pub(crate) use call::{submit, submit_chunk, submit_with, try_submit};
pub use inline::Inline;
pub use job::Job;
pub use reach::{Anywhere, Here, Reach};
pub use reaches::{ChunkFuture, Reaches};
pub use refusals::{BuildError, Full, StillBusy};
pub use sent::RemoteCall;

/// Runs calls.
///
/// It says how far its calls travel, and takes each job to be run; the rest has
/// defaults. Code over any executor takes `&dyn` [`AnyExecutor`], or a generic
/// `E: Executor`.
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
    note = "an executor is a `ThreadPool`, a `WorkStealingPool`, a `ProcessPool`, `Inline`, or what implements `Executor`"
)]
pub trait Executor: Send + Sync {
    /// How far calls travel: [`Here`], in this process, or [`Anywhere`], as bytes too.
    type Reach: Reach;

    /// Takes a job, to be run once on a worker.
    ///
    /// May block while the executor is full. An executor that cannot run it
    /// says why with [`Job::fail`].
    fn execute(&self, job: Job<Self::Reach>);

    /// Takes a job without waiting for room.
    ///
    /// By default it does what `execute` does; an executor whose `execute` can
    /// block for room has its own.
    ///
    /// # Errors
    ///
    /// Gives the job back if the executor is full.
    fn try_execute(&self, job: Job<Self::Reach>) -> Result<(), Job<Self::Reach>> {
        self.execute(job);
        Ok(())
    }

    /// The executor's id, if its workers may run calls in place that they wait for.
    ///
    /// Its worker threads then call [`ExecutorId::enter`].
    fn id(&self) -> Option<ExecutorId> {
        None
    }

    /// How many calls it runs at the same time, at most.
    fn workers(&self) -> usize {
        1
    }

    /// Whether a `map` should send several calls as one, if that is left to it: because each sending costs more than a
    /// small call.
    ///
    /// No by default; an executor whose calls leave this process says yes.
    fn prefers_chunks(&self) -> bool {
        false
    }

    /// Whether it shares out a chunk that is under way and turns out long, call by call.
    ///
    /// No by default: then a `map` that chooses the sizes of its chunks lets none be longer than what it knows of the
    /// calls allows.
    fn splits_chunks(&self) -> bool {
        false
    }

    /// Whether its futures tell when calls were submitted, started and finished.
    fn records_times(&self) -> bool {
        false
    }

    /// Whether it keeps what `options` ask.
    ///
    /// # Errors
    ///
    /// What it cannot keep, in words, and the way out if there is one; such a call is rejected. By default that
    /// is everything that takes an executor which can end its workers. Limits that nobody can reach it keeps.
    fn keeps(&self, options: &Options) -> Result<(), &'static str> {
        options.beyond_threads().map_or(Ok(()), Err)
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

            fn prefers_chunks(&self) -> bool {
                self.deref().prefers_chunks()
            }

            fn splits_chunks(&self) -> bool {
                self.deref().splits_chunks()
            }

            fn records_times(&self) -> bool {
                self.deref().records_times()
            }

            fn keeps(&self, options: &Options) -> Result<(), &'static str> {
                self.deref().keeps(options)
            }
        }
    )*};
}

executor_by_reference!(&E, Arc<E>, Box<E>);
