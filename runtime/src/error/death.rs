//! How a worker process ended, and what it was doing.

use std::{error::Error, fmt};

use super::{ErrorDetail, StderrTail, TaskError};

/// How the worker process that ran a call ended.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn give_up() { std::process::exit(3) }
///
/// #[concurrent_futures::main]
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let pool = ProcessPool::builder().workers(1).build()?;
///     let error = give_up::submit(&pool).result().unwrap_err();
///     let death = error.death().expect("the worker is gone");
///     assert_eq!((death.exit_code(), death.signal()), (Some(3), None));
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerDeath {
    pub(crate) pid: u32,
    pub(crate) end: WorkerEnd,
    pub(crate) task: String,
    pub(crate) arguments: u64,
    /// How many workers ended before they claimed the call, this one the last; zero if it was claimed.
    pub(crate) takeovers: u32,
    /// Why the executor itself ended it, if it did.
    pub(crate) reason: Option<String>,
    /// The last lines of its standard error, if they were kept.
    pub(crate) stderr: String,
}

/// What the system says of a process that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkerEnd {
    Exited(i32),
    Killed(i32),
    /// Somebody else has asked before: a program that ignores or reaps its children.
    Unknown,
}

impl WorkerDeath {
    /// The id of the process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The code it exited with, if it did.
    #[must_use]
    pub fn exit_code(&self) -> Option<i32> {
        match self.end {
            WorkerEnd::Exited(code) => Some(code),
            _ => None,
        }
    }

    /// The number of the signal that killed it, if one did.
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        match self.end {
            WorkerEnd::Killed(signal) => Some(signal),
            _ => None,
        }
    }

    /// The name of that signal, if it has the same number on all systems.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn explain(error: &concurrent_futures::TaskError) {
    /// if let Some(name) = error.death().and_then(|death| death.signal_name()) {
    ///     println!("killed by {name}");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn signal_name(&self) -> Option<&'static str> {
        self.signal().and_then(signal_name)
    }

    /// How many bytes the arguments of the call had.
    #[must_use]
    pub fn arguments(&self) -> u64 {
        self.arguments
    }

    /// The last lines that the process wrote to its standard error, those of calls before this one among them.
    ///
    /// Empty unless the pool was asked to [`keep_stderr`](crate::ProcessPoolBuilder::keep_stderr). They are as the worker
    /// wrote them, but for what is no UTF-8; the text of the error spells out what would control a terminal.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn start_engine() {
    ///     eprintln!("no fuel");
    ///     std::process::abort()
    /// }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).keep_stderr(10).build()?;
    ///     let error = start_engine::submit(&pool).result().unwrap_err();
    ///     assert_eq!(error.death().map(|death| death.stderr()), Some("no fuel"));
    ///     assert!(error.to_string().ends_with("; it said last: no fuel"));
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn stderr(&self) -> &str {
        &self.stderr
    }
}

impl TaskError {
    /// How the worker process ended, if that is why there is no value.
    #[must_use]
    pub fn death(&self) -> Option<&WorkerDeath> {
        match &self.0.reason {
            ErrorDetail::WorkerLost(cause) => cause.downcast_ref(),
            _ => None,
        }
    }
}

impl WorkerDeath {
    /// Writes how it ended, and what it was doing.
    pub(super) fn write_end(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pid,
            end,
            task,
            arguments,
            takeovers,
            reason,
            stderr: _,
        } = self;
        let act = match takeovers {
            0 => "ran",
            _ => "took over",
        };
        write!(
            f,
            "process {pid} {end} while it {act} `{task}` with {arguments} bytes of arguments"
        )?;
        if *takeovers > 0 {
            write!(f, "; {takeovers} workers ended so")?;
        }
        reason
            .iter()
            .try_for_each(|reason| write!(f, ", since {reason}"))
    }

    pub(super) fn stderr_tail(&self) -> StderrTail<'_> {
        StderrTail(&self.stderr)
    }
}

impl fmt::Display for WorkerDeath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_end(f)?;
        write!(f, "{}", self.stderr_tail())
    }
}

impl Error for WorkerDeath {}

impl fmt::Display for WorkerEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exited(code) => write!(f, "exited with code {code}"),
            Self::Killed(signal) => match signal_name(signal) {
                Some(name) => write!(f, "was killed by signal {signal} ({name})"),
                None => write!(f, "was killed by signal {signal}"),
            },
            Self::Unknown => write!(f, "ended, its status unknown,"),
        }
    }
}

/// The names of the signals that have one number on all systems, and of the two that fault.
fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 if cfg!(target_os = "linux") => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => return None,
    })
}
