//! The thread pool: first in, first out, threads on demand.
//!
//! ```text
//!   execute(job) --> queue --> worker: pop, run, settle, pop, ...
//!        |                        |
//!        `--- counts -------------'     who is idle, who was woken,
//!             (one word)                how many threads, closed?
//! ```
//!
//! A submit pushes the job, then looks at the counts: a worker that searches will find
//! the job; else one that is idle is woken; else a thread is started, if there may be
//! one more and fewer workers are coming than jobs are pending; else those come for it. While there may be more threads, a
//! worker stands by *before* the outcome of its last call can be seen, so that
//! whoever waits for it and submits again finds it.
//!
//! `worker_counts` is the counting, `shared` what stands beside the queue, `worker_loop` the loop of
//! a worker, `sleepers` where the idle sleep. The queue itself is `pool_common`.
//!
//! Deliberately absent: priorities, stealing between queues, batches (a call
//! behind a long one in a batch would start late).

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
    executor::{Executor, Here, Job},
    future::Future,
    id::ExecutorId,
    pool_common::{self, Scope},
    submit::Submit,
    task::{Closure, TryClosure},
};

pub use builder::ThreadPoolBuilder;

use shared::ThreadPoolShared;

/// Runs calls on threads of its own, in the order they were submitted.
///
/// Meant for work that blocks: files, sockets, locks. Threads start on demand, up to
/// the number of workers (by default the usable CPUs plus four, at most 32), and are
/// reused. A task that waits for a call of its own pool runs that call itself if
/// nobody has started it, so nested work does not deadlock.
///
/// Dropping the pool waits for all its work, as [`shutdown`](ThreadPool::shutdown)
/// does.
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
pub struct ThreadPool {
    pool: Arc<ThreadPoolShared>,
    /// Whether dropping waits; a pool that was detached does not.
    waits: bool,
}

impl ThreadPool {
    /// Makes a pool as [`builder`](Self::builder) does when nothing is asked of it.
    ///
    /// Starts no thread yet.
    #[must_use]
    pub fn new() -> Self {
        Self::builder()
            .build()
            .expect("the defaults are within all limits")
    }

    /// Starts the description of a pool.
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

    /// Submits a closure.
    ///
    /// Blocks only while a bound on pending calls is reached. Closures that borrow go
    /// through a [`scope`](Self::scope).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let words = vec!["one", "two"];
    /// let future = pool.spawn(move || words.concat());
    /// assert_eq!(future.result()?, "onetwo");
    /// # Ok::<(), concurrent_futures::TaskError>(())
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
    /// Like [`std::thread::scope`], on the threads of the pool. What lives outside of
    /// `f` can be borrowed by the closures given to [`Scope::spawn`]. Blocks until
    /// each of them has run, or was cancelled, and is dropped with all it captured,
    /// whatever became of its future. On a worker of the pool, the end runs
    /// pending calls of the scope itself, so scopes may be nested.
    ///
    /// A call that a pool cannot run (it is closed, say) fails as any other, in its future.
    ///
    /// # Panics
    ///
    /// If `f` panics: its panic goes on when the end is reached. And if a closure
    /// panicked whose error nobody was given (by `result`, `get`, a callback, `.await`,
    /// …): the first such panic goes on then, also if its future leaves the scope unasked.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let mut words = vec!["one".to_owned(), "two".to_owned()];
    /// let (left, right) = words.split_at_mut(1);
    ///
    /// let letters = pool.scope(|scope| {
    ///     scope.spawn(|| left[0].push('!')).detach();
    ///     scope.spawn(|| right[0].len()).result()
    /// })?;
    ///
    /// assert_eq!((letters, &*words[0]), (3, "one!"));
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn scope<'env, F, T>(&self, f: F) -> T
    where
        F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
    {
        pool_common::scope(self, f)
    }

    /// How many worker threads there are now.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.pool.counts.threads()
    }
}

// A panic that crosses a pool breaks nothing in it: user code never runs under its locks.
impl UnwindSafe for ThreadPool {}
impl RefUnwindSafe for ThreadPool {}

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

    fn records_times(&self) -> bool {
        self.pool.settings.record_times
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
