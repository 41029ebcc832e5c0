//! The work-stealing pool: an inbox before a rayon pool of its own.
//!
//! ```text
//!   execute(job) --> inbox [queue]           rayon: a queue a worker, threads
//!        |              ^                         |
//!        |              | pop, run, help, pop, ...|
//!        `- must_wake() ---- bell --------------->| found at home: serves the inbox
//!           serve_state: who serves                      | found inside a call: a round of bells
//!                                                 v
//!                                           halves of joins, scopes, par_iter
//! ```
//!
//! Calls wait in an inbox of ours, and not in rayon's queue, for two reasons. Rayon has a thread that
//! waits do whatever there is meanwhile, so that a call in its queue may be run under the feet
//! of another; a call in the inbox is run by a worker with nothing below it, or by whoever waits for
//! that very call. And a job in rayon's queue is an allocation and a wake-up; the inbox costs
//! what that of a thread pool does.
//!
//! `serve_state` is the counting, `wake_job` what calls a worker, and where it answers, `rewake_timer` starts another round
//! of bells if one was found where nobody may answer, `serve` is the loop of a worker, `threads` its thread,
//! `handle` what stands beside the inbox.
//!
//! Deliberately absent: threads on demand, for rayon starts all of its own at once; a way to keep halves of
//! *other* calls' joins from a thread that waits in a join: that is rayon's own doing.

mod builder;
mod handle;
#[cfg(all(loom, test))]
mod loom_serve_state;
pub(crate) mod rayon;
mod rewake_timer;
mod serve;
mod serve_state;
mod shutdown;
mod status;
mod threads;
mod wake_job;

use std::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::Arc,
};

use crate::{
    executor::{BuildError, Executor, Here, Job},
    future::Future,
    id::ExecutorId,
    pool_common::{self, Scope},
    submit::Submit,
    sync::JoinHandle,
    task::{Closure, TryClosure},
};

pub use builder::WorkStealingPoolBuilder;

use handle::StealingHandle;

/// Runs calls on a rayon pool of its own, one thread a CPU.
///
/// Meant for work that computes. Its tasks may use rayon inside (`par_iter`, `join`, `scope`): that runs on the
/// threads of this pool. Calls start in the order they were submitted, and what calls in progress have given to rayon goes
/// before calls that have not started. A `map` sends small calls in chunks.
///
/// A task that waits for a call of its own pool runs that call itself if nobody has
/// started it, so nested work does not deadlock. It never runs any other: not while it waits for a call, nor
/// while it waits in a `join` of rayon's. So a lock that a task holds while it waits is met by nobody below it on the
/// stack, as it would be by calls that were given to rayon. What tasks themselves give to rayon has no such
/// protection: a thread that waits in a `join` may run closures of other tasks meanwhile.
///
/// Dropping the pool waits for all its work, as [`shutdown`](WorkStealingPool::shutdown)
/// does.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn is_prime(n: u64) -> bool {
///     n > 1 && (2..).take_while(|d| d * d <= n).all(|d| n % d != 0)
/// }
///
/// let pool = WorkStealingPool::new()?;
/// let primes = is_prime::map(&pool, 0..1000).into_vec()?;
/// assert_eq!(primes.into_iter().filter(|is_prime| *is_prime).count(), 168);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct WorkStealingPool {
    /// None once it is dropped.
    pool: Option<Arc<StealingHandle>>,
    threads: Vec<JoinHandle<()>>,
    /// Whether dropping waits; a pool that was detached does not.
    waits: bool,
}

impl WorkStealingPool {
    /// Makes a pool as [`builder`](Self::builder) does when nothing is asked of it.
    ///
    /// # Errors
    ///
    /// [`BuildError::System`] if the system gives no thread.
    pub fn new() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// Starts the description of a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::WorkStealingPool;
    ///
    /// let pool = WorkStealingPool::builder().workers(2).name_prefix("crunch").build()?;
    /// let name = pool.spawn(|| std::thread::current().name().map(str::to_owned));
    /// assert!(name.result()?.is_some_and(|name| name.starts_with("crunch_")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> WorkStealingPoolBuilder {
        WorkStealingPoolBuilder::new()
    }

    /// Submits a closure.
    ///
    /// Blocks only while a bound on pending calls is reached. Closures that borrow go
    /// through a [`scope`](Self::scope).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::WorkStealingPool;
    ///
    /// let pool = WorkStealingPool::new()?;
    /// let words = vec!["one", "two"];
    /// let future = pool.spawn(move || words.concat());
    /// assert_eq!(future.result()?, "onetwo");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn spawn<F, T>(&self, closure: F) -> Future<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.submit(Closure(closure))
    }

    /// Submits a closure whose `Err` counts as a failure. Blocks as [`spawn`](Self::spawn) does.
    ///
    /// That is what [`wait`](crate::wait) for the first exception looks for; and
    /// [`try_result`](Future::try_result) takes such a result apart.
    pub fn try_spawn<F, T, E>(&self, closure: F) -> Future<Result<T, E>>
    where
        F: FnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        self.submit(TryClosure(closure))
    }

    /// Runs closures that borrow: returns when all that were spawned in `f` are through.
    ///
    /// As [`ThreadPool::scope`](crate::ThreadPool::scope), on the threads of this pool.
    ///
    /// # Panics
    ///
    /// If `f` panics, or a closure whose error nobody was given: that panic goes on.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::WorkStealingPool;
    ///
    /// let pool = WorkStealingPool::new()?;
    /// let numbers = [3, 1, 2];
    /// let (least, most) = pool.scope(|scope| {
    ///     let least = scope.spawn(|| numbers.iter().min());
    ///     let most = scope.spawn(|| numbers.iter().max());
    ///     least.result().and_then(|least| Ok((least, most.result()?)))
    /// })?;
    /// assert_eq!((least, most), (Some(&1), Some(&3)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scope<'env, F, T>(&self, f: F) -> T
    where
        F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
    {
        pool_common::scope(self, f)
    }

    #[inline]
    fn pool(&self) -> &Arc<StealingHandle> {
        self.pool.as_ref().expect("only dropping takes it")
    }
}

// A panic that crosses a pool breaks nothing in it: user code never runs under its locks.
impl UnwindSafe for WorkStealingPool {}
impl RefUnwindSafe for WorkStealingPool {}

impl Executor for WorkStealingPool {
    type Reach = Here;

    #[inline]
    fn execute(&self, job: Job) {
        self.pool().execute(job);
    }

    fn try_execute(&self, job: Job) -> Result<(), Job> {
        self.pool().try_execute(job)
    }

    fn id(&self) -> Option<ExecutorId> {
        Some(self.pool().shared.inbox.id)
    }

    fn workers(&self) -> usize {
        self.pool().shared.settings.workers
    }

    fn prefers_chunks(&self) -> bool {
        // A bound counts calls, and a chunk would be one.
        self.pool().shared.settings.bound.is_none()
    }

    fn records_times(&self) -> bool {
        self.pool().shared.settings.record_times
    }
}

impl fmt::Debug for WorkStealingPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.pool().shared.settings;
        f.debug_struct("WorkStealingPool")
            .field("name_prefix", &settings.name_prefix)
            .field("workers", &settings.workers)
            .finish_non_exhaustive()
    }
}
