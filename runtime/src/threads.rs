//! The thread pool: first in, first out, threads on demand.
//!
//! ```text
//!   execute(job) --> queue --> worker: pop, run, settle, pop, ...
//!        |                        |
//!        `--- worker_counts ------'     idle, coming and all workers,
//!             (one word)                a searcher, closed?
//! ```
//!
//! A submit pushes the job, then reads the counts: a worker that searches will find the job; else
//! an idle one is woken; else a thread is started, if the limit allows one more and fewer workers
//! are coming than jobs are pending. While more threads are allowed, a worker gets ready for the
//! next job *before* the outcome of its last call can be seen, so that a thread that waits for that
//! outcome and submits again finds this worker, and starts no thread.
//!
//! `worker_counts` is the counting, `shared` what stands beside the queue, `worker_loop` the life
//! of a worker, `sleepers` where idle workers sleep, `status` and `shutdown` the waits for all
//! calls and for the end. The queue itself is in `pool_common::inbox`.
//!
//! Deliberately absent: priorities, stealing between queues, batches (a call behind a long one in a
//! batch would start late).

mod builder;
mod shared;
mod shutdown;
mod sleepers;
mod status;
mod worker_counts;
mod worker_loop;

use std::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::Arc,
};

use crate::{
    executor::{Executor, Here, Job, SkipLog, Tuning, shared_not_cloned},
    future::Future,
    id::ExecutorId,
    pool_common::{self, Scope, docs::pool_docs},
    submit::Submit,
    task::{Closure, TryClosure},
};

pub use builder::ThreadPoolBuilder;

use shared::ThreadPoolShared;

/// Runs calls on threads of its own, in the order in which they were submitted.
///
/// Meant for work that blocks: files, sockets, locks. Threads start on demand, up to the number of
/// workers (by default the number of usable CPUs plus four, at most 32), and are reused. A task
/// that waits for a call of its own pool runs that call itself if no worker has started it, so
/// nested work does not deadlock.
///
/// Dropping the pool waits for all its work, as [`shutdown`](ThreadPool::shutdown) does.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn line_count(path: std::path::PathBuf) -> usize {
///     std::fs::read_to_string(path).map_or(0, |text| text.lines().count())
/// }
///
/// let pool = ThreadPool::new();
/// for lines in line_count::map(&pool, ["Cargo.toml".into(), "nowhere".into()]) {
///     println!("{}", lines?);
/// }
/// # Ok::<(), TaskError>(())
/// ```
#[doc(alias = "ThreadPoolExecutor")]
pub struct ThreadPool {
    pool: Arc<ThreadPoolShared>,
    /// Whether dropping the pool waits for its calls; a detached pool does not.
    waits: bool,
}

impl ThreadPool {
    /// Makes a pool with the default settings. Starts no thread yet, so it cannot fail.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// assert_eq!(pool.spawn(|| 6 * 7).result()?, 42);
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    #[must_use]
    #[rustfmt::skip] // The compiler shows this line to a caller with an argument.
    pub fn new() -> Self { // `ThreadPool::builder().workers(8).build()?` has 8 workers
        Self::builder()
            .build()
            .expect("the defaults are within all limits")
    }

    /// Returns a builder, to choose the settings of a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::builder().workers(2).name_prefix("disk").build()?;
    /// let name = pool.spawn(|| std::thread::current().name().map(str::to_owned));
    /// assert_eq!(name.result()?.as_deref(), Some("disk_0"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> ThreadPoolBuilder {
        ThreadPoolBuilder::new()
    }

    #[doc = pool_docs!(spawn, "ThreadPool", "ThreadPool::new()")]
    pub fn spawn<F, T>(&self, closure: F) -> Future<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.submit(Closure(closure))
    }

    #[doc = pool_docs!(try_spawn, "ThreadPool", "ThreadPool::new()")]
    pub fn try_spawn<F, T, E>(&self, closure: F) -> Future<Result<T, E>>
    where
        F: FnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        self.submit(TryClosure(closure))
    }

    #[doc = pool_docs!(scope, "ThreadPool", "ThreadPool::new()")]
    pub fn scope<'env, F, T>(&self, f: F) -> T
    where
        F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
    {
        pool_common::scope(self, f)
    }

    /// Returns the number of worker threads that have been started and have not ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::builder().workers(1).build()?;
    /// assert_eq!(pool.threads(), 0);
    /// pool.spawn(|| 1).result()?;
    /// assert_eq!(pool.threads(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn threads(&self) -> usize {
        self.pool.counts.threads()
    }
}

// A panic that crosses a pool breaks nothing in it: user code never runs under its locks.
impl UnwindSafe for ThreadPool {}
impl RefUnwindSafe for ThreadPool {}

shared_not_cloned!(ThreadPool);

impl Default for ThreadPool {
    fn default() -> Self {
        Self::new()
    }
}

impl Executor for ThreadPool {
    type Reach = Here;

    #[inline]
    fn execute(&self, job: Job) {
        self.pool.execute(job);
    }

    fn try_execute(&self, job: Job) -> Result<(), Job> {
        self.pool.try_execute(job)
    }

    fn id(&self) -> Option<ExecutorId> {
        Some(self.pool.inbox.id)
    }

    fn workers(&self) -> usize {
        self.pool.settings.workers
    }

    #[inline]
    fn tuning(&self) -> Tuning {
        Tuning::new().records_times(self.pool.settings.record_times)
    }

    fn skips(&self) -> Option<&SkipLog> {
        self.pool.settings.skips.as_ref()
    }
}

impl fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPool")
            .field("name_prefix", &self.pool.settings.name_prefix)
            .field("workers", &self.pool.settings.workers)
            .field("threads", &self.threads())
            .finish_non_exhaustive()
    }
}
