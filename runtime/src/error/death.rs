//! How a worker process ended, and which call it was running.

use std::{error::Error, fmt};

use super::{ErrorDetail, StderrTail, TaskError, debug_as_error};

/// The end of the worker process that ran a call: exit code or signal, and last output.
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
#[derive(Clone, PartialEq, Eq)]
pub struct WorkerDeath {
    pub(crate) pid: u32,
    pub(crate) end: WorkerEnd,
    pub(crate) task: String,
    pub(crate) arguments: u64,
    /// The number of workers that ended before they claimed the call, including this one; zero
    /// if the call was claimed.
    pub(crate) takeovers: u32,
    /// Why the executor itself killed the worker, if it did.
    pub(crate) reason: Option<String>,
    /// The last lines of the worker's standard error, if the pool keeps them.
    pub(crate) stderr: String,
}

/// The exit status of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(all(unix, feature = "processes")),
    allow(dead_code, reason = "what the process pool fills in")
)]
pub(crate) enum WorkerEnd {
    Exited(i32),
    Killed(i32),
    /// The program has reaped the process itself, or ignores SIGCHLD.
    Unknown,
}

impl WorkerDeath {
    /// Returns the id of the process.
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
    ///     assert_ne!(death.pid(), std::process::id());
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Returns the exit code, if the process exited.
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
    ///     assert_eq!(error.death().and_then(|death| death.exit_code()), Some(3));
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn exit_code(&self) -> Option<i32> {
        match self.end {
            WorkerEnd::Exited(code) => Some(code),
            _ => None,
        }
    }

    /// Returns the number of the signal that killed the process, if one did.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn crash() { std::process::abort() }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).build()?;
    ///     let error = crash::submit(&pool).result().unwrap_err();
    ///     assert_eq!(error.death().and_then(|death| death.signal()), Some(6));
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        match self.end {
            WorkerEnd::Killed(signal) => Some(signal),
            _ => None,
        }
    }

    /// Returns the name of the signal that killed the process, if it has the same number on all
    /// systems.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::TaskError;
    ///
    /// fn explain(error: &TaskError) {
    ///     if let Some(name) = error.death().and_then(|death| death.signal_name()) {
    ///         println!("killed by {name}");
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn signal_name(&self) -> Option<&'static str> {
        self.signal().and_then(signal_name)
    }

    /// Returns the size of the call's encoded arguments, in bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn render(page: Vec<u8>) -> usize {
    ///     if page.len() > 1_000 {
    ///         std::process::abort();
    ///     }
    ///     page.len()
    /// }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).build()?;
    ///     let error = render::submit(&pool, vec![0; 5_000]).result().unwrap_err();
    ///     let death = error.death().expect("the worker is gone");
    ///     assert!(death.arguments() > 5_000);
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn arguments(&self) -> u64 {
        self.arguments
    }

    /// Returns the last lines that the process wrote to its standard error, for this call and
    /// earlier ones.
    ///
    /// Empty unless the pool was built with
    /// [`keep_stderr`](crate::ProcessPoolBuilder::keep_stderr). The lines are as the worker wrote
    /// them, with invalid UTF-8 replaced; the text of the error escapes control characters.
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
    /// Returns how the worker process ended, if that is the cause of the error.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn crash() { std::process::abort() }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).build()?;
    ///     let error = crash::submit(&pool).result().unwrap_err();
    ///     let death = error.death().expect("the worker is gone");
    ///     assert_eq!((death.exit_code(), death.signal_name()), (None, Some("SIGABRT")));
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn death(&self) -> Option<&WorkerDeath> {
        match &self.0.reason {
            ErrorDetail::WorkerLost(cause) => cause.downcast_ref(),
            _ => None,
        }
    }
}

impl WorkerDeath {
    /// Writes how the process ended, and which call it was running.
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

debug_as_error!(impl for WorkerDeath);

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

/// The name of a signal, if its number is the same on all systems; SIGBUS on Linux only.
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
