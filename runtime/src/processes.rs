//! The process pool: calls in worker processes, each of which may crash alone.
//!
//! ```text
//!   this program, the parent                        a worker: this program, started again
//!
//!   execute(job) --> scheduler --> link ===== frames =====> serve: claim, run, answer
//!     complete <---- reactor <==== frames, ring ======> (socket pair, shared memory)
//!                    scheduler <---- claim table -----> (shared memory: a word a batch)
//! ```
//!
//! The parent, from the call inwards: `pool` takes calls and encodes them (`encoded_call`), the
//! `scheduler` decides which worker gets them, the `supervisor` spawns workers, and of the
//! `io_threads` the leader runs the reactor while a follower `complete`s calls.
//!
//! The parent trusts nothing that a worker sends or writes into shared memory.
//!
//! Deliberately absent: a broker, a second program to install, and threads for each worker.

mod aloud;
mod answers;
mod arguments;
mod arrival;
mod bell;
mod builder;
#[cfg(all(test, not(loom)))]
mod chance;
mod claims;
mod clock;
mod complete;
mod directory;
mod doze;
mod encoded_call;
mod explained;
mod features;
mod fields;
mod frame;
mod handle;
mod identity;
mod initializer;
mod io_threads;
mod last_lines;
mod link;
mod links;
mod listening;
mod logged;
mod logger;
mod logs;
#[cfg(all(loom, test))]
mod loom_claims;
#[cfg(all(loom, test))]
mod loom_doze;
mod mark;
mod memory;
mod message;
#[cfg(any(target_os = "linux", target_os = "android"))]
#[expect(unsafe_code, reason = "asks the loader what it has loaded")]
mod modules;
mod outlet;
mod pool;
mod process;
mod program;
mod recipe;
mod record;
#[expect(unsafe_code, reason = "asks whether the system has raised the rights")]
mod rights;
mod ring;
#[expect(
    unsafe_code,
    reason = "removes the mark from the environment, and looks for a moved link"
)]
mod role;
mod scheduler;
mod serve;
mod shutdown;
mod socket;
mod status;
mod supervisor;
#[expect(unsafe_code, reason = "signals that a worker must not keep")]
mod surroundings;
#[expect(unsafe_code, reason = "calls of the system that rustix has not")]
mod sys;
#[expect(
    unsafe_code,
    reason = "words and bytes in memory that two processes share"
)]
mod table;
mod untold;
mod voice;
mod watch;
mod weight;

use std::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    executor::{Anywhere, BuildError, Executor, Job},
    id::ExecutorId,
    task::Options,
};

pub use builder::ProcessPoolBuilder;

use pool::Shared;
use role::ProcessRole;

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
pub struct ProcessPool {
    pool: Arc<Shared>,
    /// Whether dropping waits; a pool that was detached does not.
    waits: bool,
}

impl ProcessPool {
    /// Makes a pool as [`builder`](Self::builder) does when nothing is asked of it.
    ///
    /// Starts no worker yet.
    ///
    /// # Errors
    ///
    /// [`BuildError::NotInitialized`] if this program cannot be its own worker,
    /// [`BuildError::InWorker`] in a worker of another pool, and the other errors of
    /// [`build`](ProcessPoolBuilder::build).
    pub fn new() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// Starts the description of a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{ProcessPool, prelude::*};
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

    /// Returns the ids of the present worker processes, the oldest first.
    ///
    /// Some of them may be starting, or ending.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        if !self.pool.origin.is_here() {
            return Vec::new();
        }
        let scheduler = self.pool.scheduler();
        scheduler
            .workers()
            .map(|worker| worker.process().id())
            .collect()
    }
}

// A panic that crosses a pool leaves it intact: user code never runs under its locks.
impl UnwindSafe for ProcessPool {}
impl RefUnwindSafe for ProcessPool {}

impl Executor for ProcessPool {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        self.pool.execute(job);
    }

    fn try_execute(&self, job: Job<Anywhere>) -> Result<(), Job<Anywhere>> {
        self.pool.try_execute(job)
    }

    /// Callbacks are known to be the pool's by it. Calls never run in place of a wait.
    fn id(&self) -> Option<ExecutorId> {
        Some(self.pool.id)
    }

    fn workers(&self) -> usize {
        self.pool.workers
    }

    /// Not with a bound, because a bound counts calls, not chunks.
    fn prefers_chunks(&self) -> bool {
        !self.pool.is_bounded()
    }

    fn splits_chunks(&self) -> bool {
        true
    }

    fn records_times(&self) -> bool {
        self.pool.records_times
    }

    fn keeps(&self, options: &Options) -> Result<(), &'static str> {
        match options.memory_limit() {
            Some(_) if !TELLS_MEMORY => Err(NO_MEMORY_LIMIT),
            _ => Ok(()),
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
const TELLS_MEMORY: bool = cfg!(any(target_os = "linux", target_os = "android"));
const NO_MEMORY_LIMIT: &str = "a memory limit; this system does not tell how much a process holds";

/// Whether `init` has run, so that this program can be started again as a worker.
static IS_INITIALIZED: AtomicBool = AtomicBool::new(false);
/// Whether this process is a worker. Tasks in a worker may make no process pool.
static IS_WORKER: AtomicBool = AtomicBool::new(false);
/// Whether they may, because the pool was built as `nested`.
static MAY_NEST: AtomicBool = AtomicBool::new(false);

/// Becomes a worker if this process was started to be one, and then does not return.
pub fn become_worker_if_marked() {
    match role::take() {
        // ORDERING: Release pairs with the Acquire loads in `builder`; see `note_worker`.
        ProcessRole::Program => IS_INITIALIZED.store(true, Ordering::Release),
        ProcessRole::Worker { link, parent } => {
            surroundings::renew(parent);
            serve::serve(link, parent)
        }
        // The parent is gone: running the program would be an accident.
        ProcessRole::Orphan => std::process::exit(1),
        ProcessRole::Unfit(unfit) => {
            unfit.tell();
            std::process::exit(1)
        }
    }
}

fn note_worker(may_nest: bool) {
    // ORDERING: Release pairs with the Acquire loads in `builder`: a thread that finds the process
    // initialized finds that it is a worker, and whether it may nest.
    IS_WORKER.store(true, Ordering::Release);
    MAY_NEST.store(may_nest, Ordering::Release);
    IS_INITIALIZED.store(true, Ordering::Release);
}

/// The test through which a test binary is its own worker.
#[derive(Debug)]
pub struct WorkerTest(pub &'static str);

inventory::collect!(WorkerTest);
