//! An executor that is chosen at run time.
//!
//! ```text
//!   "threads:8"  --parse-->  PoolChoice  --build-->  Pool
//!                                                      |
//!     ThreadPool, WorkStealingPool, ProcessPool <------+-----> Closable: Inline, custom ones
//! ```
//!
//! `choice` holds the texts that name an executor, `owned` the trait of what a pool holds,
//! `shutdown` the ways in which it ends. A pool forwards each job: it has no queue, threads
//! or settings of its own.
//!
//! Deliberately absent: texts for all settings of the builders. A program that needs them
//! builds the executor and makes a `Pool` from it.

mod choice;
mod closable;
mod error;
mod owned;
mod shutdown;
mod status;

use std::{
    any::{self, Any},
    borrow::Cow,
    env, fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    str::FromStr,
};

#[cfg(all(unix, feature = "processes"))]
use crate::processes::ProcessPool;
#[cfg(feature = "work-stealing")]
use crate::work_stealing::WorkStealingPool;
use crate::{
    executor::{AnyExecutor, Anywhere, Executor, Inline, Job, SkipLog, Tuning, shared_not_cloned},
    id::ExecutorId,
    task::Options,
    threads::ThreadPool,
};

pub use choice::PoolChoice;
pub use error::{PoolChoiceError, PoolError};

use choice::SKIP;
use closable::Closable;
use owned::OwnedExecutor;

/// An executor that is chosen at run time, by a text or an environment variable.
///
/// | text | executor |
/// |---|---|
/// | `inline` | [`Inline`]: a call runs at once, on the thread of its caller |
/// | `threads` | a [`ThreadPool`] with the default number of workers |
/// | `threads:8` | a [`ThreadPool`] with eight workers |
/// | `stealing` | a [`WorkStealingPool`](crate::WorkStealingPool) with the default number of workers |
/// | `stealing:8` | a [`WorkStealingPool`](crate::WorkStealingPool) with eight workers |
/// | `processes` | a [`ProcessPool`](crate::ProcessPool) with the default number of workers |
/// | `processes:4` | a [`ProcessPool`](crate::ProcessPool) with four workers |
/// | `threads:8+skip` | the same as without `+skip`, but for [`skip_unsupported`](Self::skip_unsupported) |
///
/// Since its calls may leave the process, it takes tasks whose parameters and results are
/// [`Portable`](crate::Portable); on threads their values are moved, and never become bytes.
/// Everything else depends on the executor inside: where tasks that wait for each other run
/// in place, whether a time limit is supported, how many calls may be pending.
///
/// An executor that no text describes, one with a bound or an initializer, becomes a `Pool`
/// by `From`, or by [`new`](Self::new). `Display` writes the text that the pool was, or could
/// have been, chosen by.
///
/// Dropping the pool drops the executor inside, which waits for its work as
/// [`shutdown`](Self::shutdown) does.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn square(n: u64) -> u64 { n * n }
///
/// #[concurrent_futures::main]
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let pool = Pool::from_env("EXECUTOR", "threads:2")?;
///     assert_eq!(square::map(&pool, 1..=3).into_vec()?, [1, 4, 9]);
///
///     let other: Pool = "inline".parse()?;
///     assert_eq!(square::submit(&other, 4).result()?, 16);
///
///     let error = "thread".parse::<Pool>().unwrap_err();
///     let text = "no executor is called `thread`; choose one of `inline`, `threads`,";
///     assert!(error.to_string().starts_with(text));
///     Ok(())
/// }
/// ```
pub struct Pool {
    name: String,
    inside: Box<dyn OwnedExecutor>,
    /// What the pool has skipped of the options of calls, if it does that whatever is inside.
    skips: Option<SkipLog>,
}

impl Pool {
    /// Makes a pool of any executor, custom ones included.
    ///
    /// For the pools of this crate, such as [`ThreadPool`], it does the same as `From`. The
    /// methods that close or shut down a pool say what they can do for a custom executor.
    ///
    /// # Examples
    ///
    /// A shared executor; closing the `Pool` does not close it for its other users:
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    /// use std::sync::Arc;
    ///
    /// #[task]
    /// fn twice(n: u64) -> u64 { n * 2 }
    ///
    /// let threads = Arc::new(ThreadPool::new());
    /// let pool = Pool::new(Arc::clone(&threads));
    /// assert_eq!(twice::submit(&pool, 4).result()?, 8);
    ///
    /// pool.close();
    /// assert!(twice::submit(&pool, 4).result().unwrap_err().is_rejected());
    /// assert_eq!(twice::submit(&*threads, 4).result()?, 8);
    /// # Ok::<(), TaskError>(())
    /// ```
    pub fn new<E: AnyExecutor + 'static>(executor: E) -> Self {
        let mut given = Some(executor);
        if let Some(pool) = known(&mut given) {
            return pool;
        }
        let executor = given.expect("only a known executor was taken");
        Self::of(any::type_name::<E>(), Closable::to(executor))
    }

    /// Makes the pool that an environment variable names, or `otherwise` if it is not set.
    ///
    /// # Errors
    ///
    /// [`PoolError::Variable`] if the variable is set, even to an empty text, and names no
    /// executor or one that cannot be built; the error of `otherwise.parse()` if it is not set.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Pool;
    ///
    /// let pool = Pool::from_env("EXECUTOR_OF_MINE", "threads:3")?;
    /// assert_eq!(pool.to_string(), "threads:3");
    /// # Ok::<(), concurrent_futures::PoolError>(())
    /// ```
    pub fn from_env(variable: &str, otherwise: &str) -> Result<Self, PoolError> {
        let Some(text) = env::var_os(variable) else {
            return otherwise.parse();
        };
        // Invalid Unicode is part of no executor's name; the error shows it with replacements.
        let pool = text.to_string_lossy().parse();
        pool.map_err(|error| PoolError::Variable {
            variable: variable.to_owned(),
            error: Box::new(error),
        })
    }

    fn of(name: impl Into<String>, inside: impl OwnedExecutor + 'static) -> Self {
        Self {
            name: name.into(),
            inside: Box::new(inside),
            skips: None,
        }
    }

    /// Makes a call run without the options that the executor inside does not support.
    ///
    /// By default such a call is [rejected](crate::TaskError::is_rejected): threads support no time
    /// limit, no memory limit and no retries. The first call that runs without one of these is
    /// logged, with the level of a warning (see the [`log`] crate); later ones are not. A text that
    /// ends with `+skip` asks for the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task(timeout = "5s")]
    /// fn render(page: u32) -> String { format!("page {page}") }
    ///
    /// let pool = Pool::from_env("EXECUTOR_OF_MINE", "threads:2")?;
    /// assert!(render::submit(&pool, 1).result().unwrap_err().is_rejected());
    ///
    /// let pool = pool.skip_unsupported();
    /// assert_eq!(render::submit(&pool, 1).result()?, "page 1");
    /// assert_eq!(pool.to_string(), "threads:2+skip");
    ///
    /// let pool: Pool = "inline+skip".parse()?;
    /// assert_eq!(render::submit(&pool, 1).result()?, "page 1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn skip_unsupported(mut self) -> Self {
        if self.skips().is_none() {
            self.name += SKIP;
            self.skips = Some(SkipLog::new());
        }
        self
    }

    fn executor(&self) -> &dyn AnyExecutor {
        &*self.inside
    }
}

/// Takes an executor of this crate, which knows how to shut down, or a `Pool`.
fn known(given: &mut dyn Any) -> Option<Pool> {
    #[cfg(all(unix, feature = "processes"))]
    if let Some(processes) = taken::<ProcessPool>(given) {
        return Some(processes.into());
    }
    #[cfg(feature = "work-stealing")]
    if let Some(stealing) = taken::<WorkStealingPool>(given) {
        return Some(stealing.into());
    }
    taken::<ThreadPool>(given)
        .map(Pool::from)
        .or_else(|| taken::<Inline>(given).map(Pool::from))
        .or_else(|| taken::<Pool>(given))
}

fn taken<E: 'static>(given: &mut dyn Any) -> Option<E> {
    given.downcast_mut::<Option<E>>()?.take()
}

/// The text that would have chosen an executor with workers.
fn text(kind: &str, executor: &impl Executor) -> String {
    let skip = executor.skips().map_or("", |_| SKIP);
    format!("{kind}:{}{skip}", executor.workers())
}

impl From<Inline> for Pool {
    fn from(inline: Inline) -> Self {
        Self::of("inline", Closable::to(inline))
    }
}

impl From<ThreadPool> for Pool {
    fn from(threads: ThreadPool) -> Self {
        Self::of(text("threads", &threads), threads)
    }
}

#[cfg(feature = "work-stealing")]
impl From<WorkStealingPool> for Pool {
    fn from(stealing: WorkStealingPool) -> Self {
        Self::of(text("stealing", &stealing), stealing)
    }
}

#[cfg(all(unix, feature = "processes"))]
impl From<ProcessPool> for Pool {
    fn from(processes: ProcessPool) -> Self {
        Self::of(text("processes", &processes), processes)
    }
}

impl FromStr for Pool {
    type Err = PoolError;

    fn from_str(text: &str) -> Result<Self, PoolError> {
        text.parse::<PoolChoice>()?.build()
    }
}

// A panic that unwinds through a pool leaves no inconsistent state: no user code runs while
// it changes any.
impl UnwindSafe for Pool {}
impl RefUnwindSafe for Pool {}

shared_not_cloned!(Pool);

impl Executor for Pool {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        self.executor().execute(job);
    }

    fn try_execute(&self, job: Job<Anywhere>) -> Result<(), Job<Anywhere>> {
        self.executor().try_execute(job)
    }

    fn id(&self) -> Option<ExecutorId> {
        self.executor().id()
    }

    fn workers(&self) -> usize {
        self.executor().workers()
    }

    fn tuning(&self) -> Tuning {
        self.executor().tuning()
    }

    fn keeps(&self, options: &Options) -> Result<(), Cow<'static, str>> {
        self.executor().keeps(options)
    }

    fn skips(&self) -> Option<&SkipLog> {
        self.skips.as_ref().or_else(|| self.executor().skips())
    }
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("name", &self.name)
            .field("inside", &self.inside)
            .finish()
    }
}
