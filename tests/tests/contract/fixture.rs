//! The executors under test, and what each of them can do.
//!
//! ```text
//!             Fixture            makes a pool; portable calls alone
//!            ^       ^
//!   SharedMemory    Workers      closures | calls wait and run apart from
//!            ^       ^                    | the caller, and the pool has
//!           LocalWorkers                  | an end
//! ```
//!
//! A new executor implements what it can and takes the lists that ask for no
//! more (see `executors.rs`).

use std::{borrow::Cow, ops::Deref, time::Duration};

use concurrent_futures::{
    AnyExecutor, Anywhere, BuildError, Executor, ExecutorId, Here, Job, Options, Pool, ProcessPool,
    SkipLog, SkipUnsupported, StillBusy, TaskError, ThreadPool, Tuning, WorkStealingPool,
    remote::{self, Parts},
};

/// An executor under test.
pub(crate) trait Fixture: 'static {
    type Pool: Executor + 'static;

    fn pool(workers: usize) -> Self::Pool;

    /// Makes a pool that runs calls without the options that it cannot keep.
    fn skipping(workers: usize) -> Box<dyn AnyExecutor>;
}

/// Its calls wait and run apart from the caller, and it has an end.
pub(crate) trait Workers: Fixture {
    fn build(workers: usize, bound: Option<usize>) -> Result<Self::Pool, BuildError>;
    fn recording_times(workers: usize) -> Self::Pool;
    fn close(pool: &Self::Pool);
    fn cancel_pending(pool: &Self::Pool) -> usize;
    fn is_closed(pool: &Self::Pool) -> bool;
    fn broken(pool: &Self::Pool) -> Option<TaskError>;
    fn wait_idle(pool: &Self::Pool);
    fn wait_idle_timeout(pool: &Self::Pool, limit: Duration) -> Result<(), StillBusy>;
    fn shutdown(pool: Self::Pool);
    fn shutdown_cancelling(pool: Self::Pool) -> usize;
    fn shutdown_detached(pool: Self::Pool);
    fn shutdown_timeout(pool: Self::Pool, limit: Duration) -> Result<(), StillBusy>;
}

/// Its calls share the memory of the test, and so cannot be killed either.
pub(crate) trait SharedMemory: Fixture<Pool: Executor<Reach = Here>> {}

/// Both of these: calls take closures, and wait for others of their pool.
pub(crate) trait LocalWorkers: Workers + SharedMemory {}

impl<F: Workers + SharedMemory> LocalWorkers for F {}

pub(crate) struct Inline;

impl Fixture for Inline {
    type Pool = concurrent_futures::Inline;

    fn pool(_workers: usize) -> Self::Pool {
        concurrent_futures::Inline
    }

    fn skipping(_workers: usize) -> Box<dyn AnyExecutor> {
        Box::new(SkipUnsupported::new(concurrent_futures::Inline))
    }
}

impl SharedMemory for Inline {}

/// Makes a fixture of a pool with workers, as `$made` is built; pools of all kinds have the same
/// methods.
macro_rules! pool_with_workers {
    ($fixture:ident, $pool:ident, $made:ident) => {
        pub(crate) struct $fixture;

        impl Fixture for $fixture {
            type Pool = $pool;

            fn pool(workers: usize) -> $pool {
                Self::build(workers, None).unwrap()
            }

            fn skipping(workers: usize) -> Box<dyn AnyExecutor> {
                let builder = $made::builder().workers(workers).skip_unsupported(true);
                Box::new($pool::from(builder.build().unwrap()))
            }
        }

        impl Workers for $fixture {
            fn build(workers: usize, bound: Option<usize>) -> Result<$pool, BuildError> {
                let builder = $made::builder().workers(workers);
                let builder = match bound {
                    Some(bound) => builder.max_pending(bound),
                    None => builder,
                };
                builder.build().map(Into::into)
            }

            fn recording_times(workers: usize) -> $pool {
                let builder = $made::builder().workers(workers);
                builder.record_times(true).build().unwrap().into()
            }

            fn close(pool: &$pool) {
                pool.close();
            }

            fn cancel_pending(pool: &$pool) -> usize {
                pool.cancel_pending()
            }

            fn is_closed(pool: &$pool) -> bool {
                pool.is_closed()
            }

            fn broken(pool: &$pool) -> Option<TaskError> {
                let error = pool.broken();
                assert_eq!(pool.is_broken(), error.is_some());
                error
            }

            fn wait_idle(pool: &$pool) {
                pool.wait_idle();
            }

            fn wait_idle_timeout(pool: &$pool, limit: Duration) -> Result<(), StillBusy> {
                pool.wait_idle_timeout(limit)
            }

            fn shutdown(pool: $pool) {
                pool.shutdown();
            }

            fn shutdown_cancelling(pool: $pool) -> usize {
                pool.shutdown_cancelling()
            }

            fn shutdown_detached(pool: $pool) {
                pool.shutdown_detached();
            }

            fn shutdown_timeout(pool: $pool, limit: Duration) -> Result<(), StillBusy> {
                pool.shutdown_timeout(limit)
            }
        }
    };
}

pool_with_workers!(Threads, ThreadPool, ThreadPool);
pool_with_workers!(Stealing, WorkStealingPool, WorkStealingPool);
pool_with_workers!(Processes, ProcessPool, ProcessPool);
pool_with_workers!(Chosen, Pool, ThreadPool);

impl SharedMemory for Threads {}
impl SharedMemory for Stealing {}

/// Calls become bytes, are found by their key, and run from their bytes, in the caller.
pub(crate) struct Bytes;

/// What a remote executor does, both ends of it in one place.
pub(crate) struct Loopback;

impl Fixture for Bytes {
    type Pool = Loopback;

    fn pool(_workers: usize) -> Loopback {
        Loopback
    }

    fn skipping(_workers: usize) -> Box<dyn AnyExecutor> {
        Box::new(SkipUnsupported::new(Loopback))
    }
}

impl Executor for Loopback {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        let mut parts = Parts::new();
        let key = job.entry().expect("a call of a task").key();
        let Some(sent) = job.encode(&mut parts) else {
            return;
        };
        let entry = remote::find(&key).expect("the task is in this program");
        let answers: Vec<_> = parts.iter().map(|part| entry.run(&part.to_vec())).collect();
        sent.finish(
            answers
                .iter()
                .map(|answer| answer.as_deref().map_err(Clone::clone)),
        );
    }
}

/// A pool whose reach does not matter, as code over any executor sees it.
///
/// Facts that hold wherever calls go ask for one: their calls are portable.
pub(crate) fn any<F: Fixture>(workers: usize) -> Any<F::Pool> {
    Any(F::pool(workers))
}

/// The same with a bound.
pub(crate) fn any_bounded<F: Workers>(workers: usize, bound: usize) -> Any<F::Pool> {
    Any(bounded::<F>(workers, bound))
}

/// A pool that limits the number of pending calls.
pub(crate) fn bounded<F: Workers>(workers: usize, bound: usize) -> F::Pool {
    F::build(workers, Some(bound)).unwrap()
}

/// An executor that takes portable calls, whatever its own reach.
pub(crate) struct Any<P>(pub(crate) P);

impl<P: Executor> Executor for Any<P> {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        self.as_any().execute(job);
    }

    fn try_execute(&self, job: Job<Anywhere>) -> Result<(), Job<Anywhere>> {
        self.as_any().try_execute(job)
    }

    fn id(&self) -> Option<ExecutorId> {
        self.0.id()
    }

    fn workers(&self) -> usize {
        self.0.workers()
    }

    fn tuning(&self) -> Tuning {
        self.0.tuning()
    }

    fn keeps(&self, options: &Options) -> Result<(), Cow<'static, str>> {
        self.0.keeps(options)
    }

    fn skips(&self) -> Option<&SkipLog> {
        self.0.skips()
    }
}

impl<P: Executor> Any<P> {
    fn as_any(&self) -> &dyn AnyExecutor {
        &self.0
    }
}

impl<P> Deref for Any<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.0
    }
}
