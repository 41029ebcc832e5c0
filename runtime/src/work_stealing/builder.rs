//! The description of a work-stealing pool.

use std::{
    fmt, io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
};

use super::{
    WorkStealingPool, bell,
    pool::{Pool, Roster},
};
use crate::{
    executor::BuildError,
    exit,
    local::settings::{self, Initializer, Settings},
    unwind,
    worker::{self, Post},
};

/// Describes a [`WorkStealingPool`]; made by [`WorkStealingPool::builder`].
///
/// # Examples
///
/// ```
/// use concurrent_futures::WorkStealingPool;
///
/// let pool = WorkStealingPool::builder()
///     .workers(2)
///     .name_prefix("crunch")
///     .bound(1000)
///     .initializer(|| println!("a worker starts"))
///     .build()?;
/// assert!(pool.spawn(|| true).result()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct WorkStealingPoolBuilder {
    workers: usize,
    name_prefix: Option<String>,
    stack_size: usize,
    bound: Option<usize>,
    record_times: bool,
    initializer: Option<Initializer>,
}

impl WorkStealingPoolBuilder {
    pub(super) fn new() -> Self {
        Self {
            workers: thread::available_parallelism().map_or(1, usize::from),
            name_prefix: None,
            stack_size: worker::default_stack_size(),
            bound: None,
            record_times: false,
            initializer: None,
        }
    }

    /// Runs at most so many calls at the same time, and what they do in parallel, on so many threads.
    ///
    /// By default as many as there are usable CPUs.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Names the threads `prefix_0`, `prefix_1` and so on.
    ///
    /// By default `WorkStealingPool-K`, with another K for each pool.
    pub fn name_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.name_prefix = Some(prefix.into());
        self
    }

    /// Gives each thread a stack of so many bytes.
    ///
    /// By default what `std` gives a thread, and never less than 64 KiB. A call that a
    /// worker runs in place of waiting has at least half of it.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.stack_size = settings::stack_size(bytes);
        self
    }

    /// Runs `initializer` on each worker before any task.
    ///
    /// A panic breaks the pool for good: calls that are pending, and later ones,
    /// fail with [`is_executor_broken`](crate::TaskError::is_executor_broken).
    pub fn initializer(mut self, initializer: impl Fn() + Send + Sync + 'static) -> Self {
        self.initializer = Some(Initializer::new(initializer));
        self
    }

    /// Runs `initializer` on each worker before any task; it may fail.
    ///
    /// An `Err` breaks the pool as a panic does, with its text.
    pub fn try_initializer<F, E>(mut self, initializer: F) -> Self
    where
        F: Fn() -> Result<(), E> + Send + Sync + 'static,
        E: fmt::Display,
    {
        self.initializer = Some(Initializer::fallible(initializer));
        self
    }

    /// Lets at most so many calls be pending: submitted, and not yet started.
    ///
    /// While the bound is reached, `submit` blocks and `try_submit` gives the
    /// call back. With `submit` the pool's own workers, and callbacks of its calls,
    /// go beyond it, or they would wait for themselves.
    pub fn bound(mut self, pending: usize) -> Self {
        self.bound = Some(pending);
        self
    }

    /// Has futures tell when their calls were submitted, started and finished.
    pub fn record_times(mut self, record: bool) -> Self {
        self.record_times = record;
        self
    }

    /// Makes the pool, and starts its threads.
    ///
    /// # Errors
    ///
    /// [`BuildError`] says which setting makes no sense, or that the system gives no thread.
    pub fn build(self) -> Result<WorkStealingPool, BuildError> {
        let settings = Settings {
            workers: self.workers,
            name_prefix: self.name_prefix.unwrap_or_else(default_prefix),
            stack_size: self.stack_size,
            bound: self.bound,
            record_times: self.record_times,
            initializer: self.initializer,
        };
        settings.check(rayon_core::max_num_threads())?;
        let roster = Roster::new(settings);
        let (rayon, threads) = start(&roster)?;
        let pool = Pool::new(roster, rayon);
        let drain: Arc<dyn exit::Drain> = pool.clone();
        exit::register(Arc::downgrade(&drain));
        Ok(WorkStealingPool {
            pool: Some(pool),
            threads,
            waits: true,
        })
    }
}

/// Starts the threads, and rayon on them.
fn start(
    roster: &Arc<Roster>,
) -> Result<(rayon_core::ThreadPool, Vec<JoinHandle<()>>), BuildError> {
    let mut threads = Vec::with_capacity(roster.settings.workers);
    let mut refused = None;
    let built = rayon_core::ThreadPoolBuilder::new()
        .num_threads(roster.settings.workers)
        .panic_handler(|thrown| {
            unwind::contain("a job that a task gave to rayon", || {
                std::panic::resume_unwind(thrown)
            })
        })
        .spawn_handler(|rayon| match start_thread(roster, rayon) {
            Ok(thread) => {
                threads.push(thread);
                Ok(())
            }
            Err(error) => {
                let kind = error.kind();
                refused = Some(error);
                Err(kind.into())
            }
        })
        .build();
    match built {
        Ok(rayon) => Ok((rayon, threads)),
        Err(error) => {
            join(threads);
            let error = refused.unwrap_or_else(|| io::Error::other(error));
            Err(BuildError::System {
                what: "a thread",
                error: Arc::new(error),
            })
        }
    }
}

fn start_thread(
    roster: &Arc<Roster>,
    rayon: rayon_core::ThreadBuilder,
) -> io::Result<JoinHandle<()>> {
    let roster = roster.clone();
    thread::Builder::new()
        .name(roster.settings.thread_name(rayon.index()))
        .stack_size(roster.settings.stack_size)
        .spawn(move || work(&roster, rayon))
}

/// The body of a worker's thread.
fn work(roster: &Arc<Roster>, rayon: rayon_core::ThreadBuilder) {
    let host = roster.clone();
    let prepare = Arc::new(move || host.initialize());
    {
        let _tending = worker::tend(roster.inbox.id);
        // A failure breaks the pool, so that nothing runs here but what fails every call.
        let _ = prepare();
    }
    let _entered = worker::enter(Post {
        executor: roster.inbox.id,
        stack_size: roster.settings.stack_size,
        prepare,
    });
    bell::leave_ground();
    rayon.run();
}

/// Waits until these threads have ended, but for the one that this is.
pub(super) fn join(threads: Vec<JoinHandle<()>>) {
    let own = thread::current().id();
    for thread in threads
        .into_iter()
        .filter(|thread| thread.thread().id() != own)
    {
        // Rayon catches every panic of user code; one of our own is in its log.
        let _ = thread.join();
    }
}

fn default_prefix() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("WorkStealingPool-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl fmt::Debug for WorkStealingPoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkStealingPoolBuilder")
            .field("workers", &self.workers)
            .field("name_prefix", &self.name_prefix)
            .field("stack_size", &self.stack_size)
            .field("bound", &self.bound)
            .field("record_times", &self.record_times)
            .field("initializer", &self.initializer.is_some())
            .finish()
    }
}
