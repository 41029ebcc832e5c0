//! The work-stealing pool: an inbox before a rayon pool of its own.
//!
//! ```text
//!   execute(job) --> inbox [queue]           rayon: a queue a worker, threads
//!        |              ^                         |
//!        |              | pop, run, help, pop, ...|
//!        `- must_wake() -- wake job ------------->| found at base depth: serves the inbox
//!           serve_state: who serves               | found inside a call: a broadcast
//!                                                 v
//!                                           halves of joins, scopes, par_iter
//! ```
//!
//! Calls wait in an inbox of ours, and not in rayon's queue (its injector), for two reasons. Rayon
//! has a thread that waits run whatever job there is meanwhile, so a call in its queue could be run
//! nested in another; a call in the inbox is run by a worker with nothing below it, or by the
//! thread that waits for that very call. And a job in rayon's queue is an allocation and a wakeup,
//! while the inbox costs what that of a thread pool does.
//!
//! | file | what it has |
//! |---|---|
//! | `serve_state` | who serves, and whether a wake is pending: one atomic word |
//! | `shared` | the inbox and the workers |
//! | `handle` | the same beside rayon, and how a call finds a worker |
//! | `wake_job` | what brings a worker to the inbox, and where it answers |
//! | `rewake_timer` | another broadcast, if the last one found only workers that may not serve |
//! | `serve`, `threads` | the loop of a worker at the inbox, and its thread |
//! | `status`, `shutdown` | waiting for all calls, and the ends of a pool |
//!
//! Deliberately absent: threads on demand, since rayon starts all of its own at once; a way to keep
//! halves of *other* calls' joins from a thread that waits in a join, which is rayon's design.

mod builder;
mod handle;
#[cfg(all(loom, test))]
mod loom_serve_state;
pub(crate) mod rayon;
mod rewake_timer;
mod serve;
mod serve_state;
mod shared;
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
    executor::{BuildError, Executor, Here, Job, SkipLog, Tuning, shared_not_cloned},
    future::Future,
    id::ExecutorId,
    pool_common::{self, Scope, docs::pool_docs},
    submit::Submit,
    sync::JoinHandle,
    task::{Closure, TryClosure},
};

pub use builder::WorkStealingPoolBuilder;

use handle::StealingHandle;

/// Runs calls on a rayon pool of its own, with one thread for each CPU.
///
/// Meant for work that computes. Its tasks may use rayon inside (`par_iter`, `join`, `scope`),
/// which then runs on the threads of this pool; where waits nest so deep that a call runs on an
/// extra thread, it runs on rayon's global pool. Calls start in the order in which they were
/// submitted, and what calls in progress have given to rayon runs before calls that have not
/// started. A `map` sends small calls in chunks.
///
/// A task that waits for a call of its own pool runs that call itself if no worker has started it,
/// so nested work does not deadlock. It never runs another call: not while it waits for a call, and
/// not while it waits in one of rayon's `join`s. So a lock that a task holds while it waits is
/// never wanted by a call that is nested in that task, as it could be if calls were given to rayon.
/// What tasks themselves give to rayon has no such protection: a thread that waits in a `join` may
/// run closures of other tasks meanwhile.
///
/// Dropping the pool waits for all its work, as [`shutdown`](WorkStealingPool::shutdown) does.
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
#[doc(alias("rayon", "ForkJoinPool"))]
pub struct WorkStealingPool {
    /// `None` once it is dropped.
    pool: Option<Arc<StealingHandle>>,
    threads: Vec<JoinHandle<()>>,
    /// Whether dropping the pool waits for its calls; a detached pool does not.
    waits: bool,
}

impl WorkStealingPool {
    /// Makes a pool with the default settings.
    ///
    /// # Errors
    ///
    /// [`BuildError::System`] if the system gives no thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::WorkStealingPool;
    ///
    /// let pool = WorkStealingPool::new()?;
    /// assert_eq!(pool.spawn(|| (1..=10).sum::<u32>()).result()?, 55);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[rustfmt::skip] // The compiler shows this line to a caller with an argument.
    pub fn new() -> Result<Self, BuildError> { // `builder().workers(8).build()?` has 8 workers
        Self::builder().build()
    }

    /// Returns a builder, to choose the settings of a pool.
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

    #[doc = pool_docs!(spawn, "WorkStealingPool", "WorkStealingPool::new()?")]
    pub fn spawn<F, T>(&self, closure: F) -> Future<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.submit(Closure(closure))
    }

    #[doc = pool_docs!(try_spawn, "WorkStealingPool", "WorkStealingPool::new()?")]
    pub fn try_spawn<F, T, E>(&self, closure: F) -> Future<Result<T, E>>
    where
        F: FnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        self.submit(TryClosure(closure))
    }

    #[doc = pool_docs!(scope, "WorkStealingPool", "WorkStealingPool::new()?")]
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

shared_not_cloned!(WorkStealingPool);

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

    #[inline]
    fn tuning(&self) -> Tuning {
        let settings = &self.pool().shared.settings;
        // A bound counts calls, and a chunk would be one.
        Tuning::new()
            .prefers_chunks(settings.bound.is_none())
            .records_times(settings.record_times)
    }

    fn skips(&self) -> Option<&SkipLog> {
        self.pool().shared.settings.skips.as_ref()
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
