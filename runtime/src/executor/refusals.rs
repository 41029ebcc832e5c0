//! The errors of an executor as a whole: it is full, still busy, or cannot be built.

use std::{error::Error, fmt, io, sync::Arc};

use crate::{
    error::{TaskError, debug_as_error},
    task::entry::RegistryError,
};

debug_as_error!(impl<T> for Full<T>, impl for StillBusy, impl for BuildError);

/// The error of `try_submit` on a full executor; holds the call that was not submitted.
#[must_use = "it holds the call; take it back with `into_call`"]
pub struct Full<T> {
    pub(super) call: T,
}

impl<T> Full<T> {
    /// Returns the call that was not submitted.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn negate(n: i32) -> i32 { -n }
    ///
    /// let pool = ThreadPool::builder().workers(1).max_pending(1).build()?;
    /// let mut call = negate { n: 2 };
    /// let future = loop {
    ///     match pool.try_submit(call) {
    ///         Ok(future) => break future,
    ///         Err(full) => call = full.into_call(), // and do something else meanwhile
    ///     }
    /// };
    /// assert_eq!(future.result()?, -2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_call(self) -> T {
        self.call
    }
}

impl<T> fmt::Display for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "executor is full; submit again when a call has started, or with `submit`, which waits",
        )
    }
}

impl<T> Error for Full<T> {}

/// The error of a wait or shutdown whose time limit passed: what was left.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
/// use std::sync::mpsc::channel;
///
/// let pool = ThreadPool::new();
/// let (go, wait_for_go) = channel();
/// let (started, has_started) = channel();
/// let call = pool.spawn(move || {
///     let _ = started.send(());
///     wait_for_go.recv().is_ok()
/// });
/// has_started.recv()?;
/// let left = pool.wait_idle_timeout(Duration::ZERO).unwrap_err();
/// assert_eq!((left.running(), left.pending()), (1, 0));
/// go.send(())?;
/// assert!(call.result()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct StillBusy {
    running: usize,
    pending: usize,
}

impl StillBusy {
    pub(crate) fn new(running: usize, pending: usize) -> Self {
        Self { running, pending }
    }

    /// Returns the number of calls that were running.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    /// use std::sync::mpsc::channel;
    ///
    /// let pool = ThreadPool::builder().workers(1).build()?;
    /// let (go, wait_for_go) = channel();
    /// let (started, has_started) = channel();
    /// let call = pool.spawn(move || {
    ///     let _ = started.send(());
    ///     wait_for_go.recv().is_ok()
    /// });
    /// has_started.recv()?;
    /// let busy = pool.wait_idle_timeout(Duration::ZERO).unwrap_err();
    /// assert_eq!(busy.running(), 1);
    /// go.send(())?;
    /// assert!(call.result()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn running(&self) -> usize {
        self.running
    }

    /// Returns the number of calls that were pending.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    /// use std::sync::mpsc::channel;
    ///
    /// let pool = ThreadPool::builder().workers(1).build()?;
    /// let (go, wait_for_go) = channel();
    /// let (started, has_started) = channel();
    /// let first = pool.spawn(move || {
    ///     let _ = started.send(());
    ///     wait_for_go.recv().is_ok()
    /// });
    /// has_started.recv()?;
    /// let second = pool.spawn(|| 2);
    /// let busy = pool.wait_idle_timeout(Duration::ZERO).unwrap_err();
    /// assert_eq!((busy.running(), busy.pending()), (1, 1));
    /// go.send(())?;
    /// assert!(first.result()? && second.result()? == 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending
    }
}

impl fmt::Display for StillBusy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { running, pending } = self;
        write!(
            f,
            "calls when the time ran out: {running} running, {pending} pending"
        )
    }
}

impl Error for StillBusy {}

/// Why a pool could not be built: an invalid setting, or a program that cannot have such a pool.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The number of workers is zero.
    #[error("a pool of zero workers runs nothing; ask for at least one")]
    ZeroWorkers,
    /// The number of workers is above the maximum.
    #[error("a pool has at most {most} workers; ask for fewer")]
    #[non_exhaustive]
    TooManyWorkers {
        /// The maximum number of workers.
        most: usize,
    },
    /// The bound on pending calls is zero.
    #[error("a bound of zero pending calls lets nothing in; ask for at least one")]
    ZeroBound,
    /// The prefix of the threads' names holds a NUL byte.
    #[error("a thread's name holds no NUL; leave it out of the name prefix")]
    NulInName,
    /// The number of tasks that a worker runs before it is replaced is zero.
    #[error("a worker of zero tasks runs nothing; ask for at least one")]
    ZeroTasks,
    /// The limit on the size of a frame is below the smallest call.
    #[error("a frame limit of {limit} bytes lets no call pass; ask for at least {least}")]
    #[non_exhaustive]
    FrameLimit {
        /// The requested limit, in bytes.
        limit: u64,
        /// The minimum, in bytes.
        least: u64,
    },
    /// The program does not call [`init`](crate::init), so it cannot be started as its own worker.
    #[error(
        "program cannot be its own worker; put `#[concurrent_futures::main]` on its `main`, \
         or call `init()` first there (in tests: `concurrent_futures::worker_test!();` at the root)"
    )]
    NotInitialized,
    /// This process is itself a worker of a pool that is not nested.
    #[error(
        "this process is a worker of another pool; \
         ask for `nested(true)` if its tasks are to have processes of their own"
    )]
    InWorker,
    /// The program runs with raised rights, which its workers would have too.
    #[error(
        "this program runs with raised rights (set-uid, set-gid, file capabilities, \
         or another effective user) and cannot be its own worker; \
         make the pool in a program without them"
    )]
    RaisedRights,
    /// The program's file, from which workers are started, is missing or not executable.
    #[error("program cannot start itself; say by `program` which file it is")]
    ProgramFile(#[source] Arc<io::Error>),
    /// Two tasks of the program have the same name.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The initializer's arguments could not be encoded.
    #[error("the initializer cannot be sent")]
    Initializer(#[source] TaskError),
    /// The operating system refused a resource that the pool needs, a thread or a descriptor.
    #[error("system refused {what}")]
    #[non_exhaustive]
    System {
        /// The resource.
        what: &'static str,
        /// The error of the operating system.
        #[source]
        error: Arc<io::Error>,
    },
}

impl BuildError {
    /// Checks the settings of any pool: `workers` is from one to `most`, and `bound` is not zero.
    pub(crate) fn check(workers: usize, most: usize, bound: Option<usize>) -> Result<(), Self> {
        if workers == 0 {
            return Err(Self::ZeroWorkers);
        }
        if workers > most {
            return Err(Self::TooManyWorkers { most });
        }
        if bound == Some(0) {
            return Err(Self::ZeroBound);
        }
        Ok(())
    }
}
