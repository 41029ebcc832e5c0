//! A pool of worker processes, as its user sees it: the handle, and the executor that it is.

use std::{
    borrow::Cow,
    cell::Cell,
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::{Arc, Weak},
};

use super::{
    builder::ProcessPoolBuilder, io::shared::Shared, scheduler::encoded_call::EncodedCall,
};
use crate::{
    error::TaskError,
    executor::{Anywhere, BuildError, Executor, Job, SkipLog, Tuning, shared_not_cloned},
    id::ExecutorId,
    origin,
    portable::{Packed, Parts},
    task::{Options, registry},
};

/// Runs calls in worker processes, in the order they were submitted.
///
/// Meant for work that may crash, leak, hang or must be killed, and for libraries that are not
/// thread-safe. A call whose worker is killed, aborts, calls `exit` or overflows its stack fails
/// with [`is_worker_lost`](crate::TaskError::is_worker_lost), and no other call does: the others
/// run elsewhere, and a new worker replaces the dead one. [`death`](crate::TaskError::death) says
/// how it ended.
///
/// The workers are this program, started again: it must call [`init`](crate::init) first in `main`,
/// which [`#[concurrent_futures::main]`](macro@crate::main) does, and a test binary contains
/// [`worker_test!`](crate::worker_test). They start on demand, up to the number of workers (by
/// default the usable CPUs), and are reused.
///
/// Nothing is shared. In a worker each static has its first value, whatever the program has put
/// into it since: a `OnceLock` that `main` fills is empty there, and its `get().unwrap()` panics.
/// What a task needs is an argument, or is put there by an
/// [`initializer`](crate::ProcessPoolBuilder::initializer), which each worker runs first.
///
/// Inside a worker, standard input is empty, there is no controlling terminal, signals are dealt
/// with as in a fresh program, and what a task prints is seen before its result is. What a task
/// changes of its process (directory, environment, threads left behind) stays until that worker is
/// retired. A program that a task moves to a session of its own may outlive the worker; all others
/// end with it.
///
/// Dropping the pool waits for all its work, as [`shutdown`](ProcessPool::shutdown) does.
///
/// In a child that was forked from the program without starting another one, the pool takes no
/// calls ([`is_rejected`](crate::TaskError::is_rejected)), and dropping it does nothing; the child
/// may make pools of its own. Futures of calls that were submitted before the fork end in the
/// parent alone.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn risky(n: u32) -> u32 {
///     if n == 2 { std::process::abort() }
///     n * 10
/// }
///
/// #[concurrent_futures::main]
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let pool = ProcessPool::builder().workers(2).build()?;
///     let results: Vec<_> = risky::map(&pool, 1..=3).collect();
///     assert!(matches!(&results[..], [Ok(10), Err(_), Ok(30)]));
///     let death = results[1].as_ref().unwrap_err().death().expect("its worker is gone");
///     assert_eq!(death.signal(), Some(6));
///     Ok(())
/// }
/// ```
#[doc(alias("ProcessPoolExecutor", "multiprocessing"))]
pub struct ProcessPool {
    pub(super) pool: Arc<Shared>,
    /// Whether dropping waits; a pool that was detached does not.
    pub(super) waits: bool,
}

impl ProcessPool {
    /// Makes a pool with the default settings. Starts no worker yet.
    ///
    /// # Errors
    ///
    /// [`BuildError::NotInitialized`] if this program cannot be its own worker,
    /// [`BuildError::InWorker`] in a worker of another pool, and the other errors of
    /// [`build`](ProcessPoolBuilder::build).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn double(n: u64) -> u64 { n * 2 }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::new()?;
    ///     assert_eq!(double::submit(&pool, 21).result()?, 42);
    ///     Ok(())
    /// }
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
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn who() -> u32 { std::process::id() }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).max_tasks(1).build()?;
    ///     let (one, two) = (who::submit(&pool), who::submit(&pool));
    ///     assert_ne!(one.result()?, two.result()?);
    ///     Ok(())
    /// }
    /// ```
    pub fn builder() -> ProcessPoolBuilder {
        ProcessPoolBuilder::new()
    }

    /// Returns the process ids of the workers, the oldest first.
    ///
    /// Some of them may be starting, or ending.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn who() -> u32 { std::process::id() }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).build()?;
    ///     assert!(pool.pids().is_empty());
    ///     let worker = who::submit(&pool).result()?;
    ///     assert_eq!(pool.pids(), [worker]);
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        if !self.pool.origin.is_here() {
            return Vec::new();
        }
        let scheduler = self.pool.scheduler();
        scheduler
            .workers()
            .map(|worker| worker.process.id())
            .collect()
    }
}

// A panic that crosses a pool leaves it intact: user code never runs under its locks.
impl UnwindSafe for ProcessPool {}
impl RefUnwindSafe for ProcessPool {}

shared_not_cloned!(ProcessPool);

impl Executor for ProcessPool {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        if !self.pool.origin.is_here() {
            return job.fail(origin::refusal());
        }
        if let Some(bound) = &self.pool.bound {
            bound.admit(&job, self.pool.id);
        }
        self.send(job);
    }

    fn try_execute(&self, job: Job<Anywhere>) -> Result<(), Job<Anywhere>> {
        if !self.pool.origin.is_here() {
            job.fail(origin::refusal());
            return Ok(());
        }
        if let Some(bound) = &self.pool.bound {
            let permit = bound.try_acquire().or_else(|| {
                // The claim table shows starts that were not reported yet.
                let pending = self.pool.scheduler().count().1;
                (pending < bound.limit()).then(|| bound.acquire_over_limit())
            });
            let Some(permit) = permit else {
                return Err(job);
            };
            job.hold_while_pending(Box::new(permit));
        }
        self.send(job);
        Ok(())
    }

    /// Callbacks are known to be the pool's by it. Calls never run in place of a wait.
    fn id(&self) -> Option<ExecutorId> {
        Some(self.pool.id)
    }

    fn workers(&self) -> usize {
        self.pool.workers
    }

    /// No chunks with a bound, because a bound counts calls, not chunks.
    fn tuning(&self) -> Tuning {
        Tuning::new()
            .prefers_chunks(self.pool.bound.is_none())
            .splits_chunks(true)
            .records_times(self.pool.records_times)
    }

    fn keeps(&self, options: &Options) -> Result<(), Cow<'static, str>> {
        match options.memory_limit() {
            Some(_) if !TELLS_MEMORY => Err(NO_MEMORY_LIMIT.into()),
            _ => Ok(()),
        }
    }

    fn skips(&self) -> Option<&SkipLog> {
        self.pool.skips.as_ref()
    }
}

impl ProcessPool {
    /// Encodes the call, and submits it.
    fn send(&self, job: Job<Anywhere>) {
        if let Some(refusal) = self.pool.scheduler().refusal() {
            return job.fail(refusal);
        }
        let task = match job.entry().map(registry::index_of) {
            Some(Ok(task)) => task,
            Some(Err(error)) => return job.fail(TaskError::rejected(error)),
            None => {
                // It cannot be encoded; encoding it is what reports that.
                let refused = job.encode(&mut Parts::new());
                return debug_assert!(refused.is_none(), "a call without an entry has no bytes");
            }
        };
        let options = self.options_of(&job);
        // A thread that is ending has no buffer left: it uses a new one.
        let mut parts = PARTS.try_with(Cell::take).unwrap_or_default();
        let remote = job.encode(&mut parts);
        let bytes = Packed::of(&mut parts);
        parts.clear();
        let _ = PARTS.try_with(|own| own.set(parts));
        let Some(remote) = remote else { return };
        let pool: Weak<Shared> = Arc::downgrade(&self.pool);
        let call = EncodedCall::new(task, bytes, remote, options, pool);
        if call.attach() {
            self.submit(call);
        }
    }

    /// The options of a call: its own, then those of the pool.
    fn options_of(&self, job: &Job<Anywhere>) -> Options {
        let nearer = job.options().cloned().unwrap_or_default();
        nearer.or(self.pool.defaults.clone())
    }

    fn submit(&self, call: Arc<EncodedCall>) {
        let mut refusal = None;
        let limit = self.pool.worker_command.welcome.frame_limit;
        self.pool
            .schedule(|scheduler, effects| match scheduler.refusal() {
                None => scheduler.submit(call.clone(), limit, effects),
                Some(error) => refusal = Some(error),
            });
        // The pool was closed after the first check.
        if let Some(error) = refusal
            && let Some(remote) = call.take_remote()
        {
            remote.fail(error);
        }
    }
}

impl fmt::Debug for ProcessPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessPool")
            .field("workers", &self.pool.workers)
            .field("pids", &self.pids())
            .finish_non_exhaustive()
    }
}

/// Whether the memory of a process can be read on this system.
pub(super) const TELLS_MEMORY: bool = cfg!(any(target_os = "linux", target_os = "android"));
const NO_MEMORY_LIMIT: &str = "a memory limit; this system does not tell how much a process holds";

thread_local! {
    /// The buffer that this thread encodes calls into; a nested submit uses another one.
    static PARTS: Cell<Parts> = const { Cell::new(Parts::EMPTY) };
}
