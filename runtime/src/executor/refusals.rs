//! What an executor refuses: a call, the end of a wait, and to be made at all.

use std::{error::Error, fmt, io, sync::Arc};

use crate::{error::TaskError, task::entry::RegistryError};

/// The executor is full; holds the call that was not taken.
#[must_use = "it holds the call; take it back with `into_call`"]
pub struct Full<T> {
    pub(super) call: T,
}

impl<T> Full<T> {
    /// Gives the call back.
    pub fn into_call(self) -> T {
        self.call
    }
}

impl<T> fmt::Debug for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Full").finish_non_exhaustive()
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

/// What a shutdown with a time limit left running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StillBusy {
    running: usize,
    pending: usize,
}

impl StillBusy {
    pub(crate) fn new(running: usize, pending: usize) -> Self {
        Self { running, pending }
    }

    /// How many calls were running.
    #[must_use]
    pub fn running(&self) -> usize {
        self.running
    }

    /// How many calls were pending.
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

/// Why there is no pool: a setting that makes no sense, or a program that cannot have it.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No worker would ever run a call.
    #[error("a pool of zero workers runs nothing; ask for at least one")]
    ZeroWorkers,
    /// More workers than can be counted.
    #[error("a pool has at most {most} workers; ask for fewer")]
    TooManyWorkers {
        /// The largest number of workers.
        most: usize,
    },
    /// No call could ever be submitted.
    #[error("a bound of zero pending calls lets nothing in; ask for at least one")]
    ZeroBound,
    /// A thread cannot bear such a name.
    #[error("a thread's name holds no NUL; leave it out of the name prefix")]
    NulInName,
    /// A worker that is never given a task.
    #[error("a worker of zero tasks runs nothing; ask for at least one")]
    ZeroTasks,
    /// No call is so small.
    #[error("a frame limit of {limit} bytes lets no call pass; ask for at least {least}")]
    FrameLimit {
        /// What was asked for, in bytes.
        limit: u64,
        /// The least there is, in bytes.
        least: u64,
    },
    /// This program cannot be started again as a worker.
    #[error(
        "program cannot be its own worker; put `#[concurrent_futures::main]` on its `main`, or call `init()` first \
         there (in tests: `concurrent_futures::worker_test!();` at the root)"
    )]
    NotInitialized,
    /// This process is a worker itself.
    #[error(
        "this process is a worker of another pool; ask for `nested(true)` if its tasks are to have processes of their own"
    )]
    InWorker,
    /// This program has rights that the user who started it has not, and its workers would have
    /// them too.
    #[error(
        "this program runs with raised rights (set-uid, set-gid, file capabilities, or another effective user) and \
         cannot be its own worker; make the pool in a program without them"
    )]
    RaisedRights,
    /// The file of this program, which workers are started from, is not found or may not be
    /// started.
    #[error("program cannot start itself; say by `program` which file it is")]
    ProgramFile(#[source] Arc<io::Error>),
    /// The tasks of this program cannot be told apart.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The initializer's arguments do not become bytes.
    #[error("the initializer cannot be sent")]
    Initializer(#[source] TaskError),
    /// The system gives what a pool needs, a thread or a descriptor, to nobody.
    #[error("system refused {what}")]
    System {
        /// What was refused.
        what: &'static str,
        /// What the system says.
        #[source]
        error: Arc<io::Error>,
    },
}

impl BuildError {
    /// Checks what every pool is told: how many workers, at most so many, and a bound.
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
