//! Why a call has no value.
//!
//! [`TaskError`] is one thin pointer, cheap to clone, so that it can be stored in a cell,
//! lent to callbacks and returned to several readers. Its fields are private; its
//! [`TaskErrorKind`] can be matched on, and each kind has a method of its own.
//!
//! A task's own `Err` is not here: it is a value, and is returned as one.

use std::{
    error::Error,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

// First, so that the docs of an error begin with its kind.
mod kind;

mod death;
mod debug;
mod display;
mod failure;
mod into_std;
mod memory;
mod panic;
mod stderr_tail;
#[cfg(all(unix, feature = "processes"))]
mod truncate;

// Last, since they are for authors of executors.
mod constructors;

pub use death::WorkerDeath;
#[cfg(all(unix, feature = "processes"))]
pub(crate) use death::WorkerEnd;
pub(crate) use debug::{debug_as_error, fmt_error};
pub use failure::{Failure, ReturnedError, ReturnedText};
pub use kind::TaskErrorKind;
pub use memory::MemoryUse;
pub(crate) use panic::{Panic, leak_or_drop, message_of};
pub(crate) use stderr_tail::StderrTail;
#[cfg(all(unix, feature = "processes"))]
pub(crate) use truncate::{MAX_TEXT, MAX_TRUNCATION_NOTE, truncated, truncation_note};

type BoxError = Box<dyn Error + Send + Sync>;

/// The error of a call that did not return a value.
///
/// [`kind`](Self::kind) says why, to match on:
///
/// # Kinds
///
/// | kind | the call |
/// |---|---|
/// | [Cancelled](TaskErrorKind::Cancelled) | was cancelled before it started, or aborted |
/// | [Panicked](TaskErrorKind::Panicked) | panicked: [`message`](Self::message), [`location`](Self::location), [`backtrace`](Self::backtrace), [`resume`](Self::resume) |
/// | [TimedOut](TaskErrorKind::TimedOut) | exceeded its time limit, or its `map` did |
/// | [MemoryExceeded](TaskErrorKind::MemoryExceeded) | exceeded its memory limit: [`memory_use`](Self::memory_use) |
/// | [WorkerLost](TaskErrorKind::WorkerLost) | had a worker that crashed, exited or was killed: [`death`](Self::death), [`attempts`](Self::attempts) |
/// | [ExecutorBroken](TaskErrorKind::ExecutorBroken) | is of a pool whose initializer failed, or that can start no worker: [`cause`](Self::cause) |
/// | [Rejected](TaskErrorKind::Rejected) | came to a closed pool, or asks for what the executor does not support: [`cause`](Self::cause) |
/// | [Encode](TaskErrorKind::Encode), [Decode](TaskErrorKind::Decode) | has arguments or a result that could not become bytes, or come back: [`cause`](Self::cause) |
/// | [WouldDeadlock](TaskErrorKind::WouldDeadlock) | is run by the very thread that waits for it |
///
/// What a task returns is never here, be it an `Err`: that is a value. Cloning is cheap: clones
/// share the error.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{TaskErrorKind, prelude::*};
///
/// #[task]
/// fn print(page: u32) -> u32 {
///     if page == 2 {
///         panic!("out of paper");
///     }
///     page
/// }
///
/// let pool = ThreadPool::new();
/// for printed in print::map(&pool, 1..=3) {
///     match printed {
///         Ok(page) => println!("printed page {page}"),
///         Err(error) => match error.kind() {
///             TaskErrorKind::Panicked => assert_eq!(error.message(), Some("out of paper")),
///             TaskErrorKind::Cancelled => println!("one page is missing"),
///             _ => return Err(error.into()),
///         },
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct TaskError(Arc<ErrorInner>);

struct ErrorInner {
    task: Option<Box<str>>,
    attempts: u32,
    reason: ErrorDetail,
}

impl Drop for ErrorInner {
    fn drop(&mut self) {
        // Panic payloads and causes are user code: a panic of their drop is contained.
        let reason = mem::replace(&mut self.reason, ErrorDetail::Cancelled);
        if let Err(thrown) = catch_unwind(AssertUnwindSafe(|| drop(reason))) {
            leak_or_drop(thrown);
            let logged = catch_unwind(|| log::error!("dropping what an error held panicked"));
            if let Err(thrown) = logged {
                leak_or_drop(thrown);
            }
        }
    }
}

/// The kind of an error, with the data of that kind.
enum ErrorDetail {
    Cancelled,
    Panicked(Panic),
    TimedOut(Duration),
    MemoryExceeded(MemoryUse),
    WorkerLost(BoxError),
    ExecutorBroken(BoxError),
    Rejected(BoxError),
    Encode(BoxError),
    Decode(BoxError),
    WouldDeadlock,
}

impl TaskError {
    /// Returns the name of the call's task, if it is known.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn print(page: u32) -> u32 { panic!("page {page} is blank") }
    ///
    /// let pool = ThreadPool::new();
    /// let error = print::submit(&pool, 7).result().unwrap_err();
    /// assert!(error.task().is_some_and(|task| task.ends_with("::print")));
    /// ```
    #[must_use]
    pub fn task(&self) -> Option<&str> {
        self.0.task.as_deref()
    }

    /// Returns the cause that the executor gave, which can be downcast.
    ///
    /// That is the argument of [`rejected`](Self::rejected), [`worker_lost`](Self::worker_lost),
    /// [`executor_broken`](Self::executor_broken), [`encode`](Self::encode) or
    /// [`decode`](Self::decode). All clones of an error share the cause. The cause of an error
    /// from another process is a text. `None` for errors of other kinds.
    ///
    /// The text of this error contains that of its cause, so [`source`](Error::source) returns
    /// the source of the cause.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::TaskError;
    /// use std::num::ParseIntError;
    ///
    /// let cause = "4x".parse::<u8>().unwrap_err();
    /// let error = TaskError::rejected(cause.clone());
    /// let again = error.cause().and_then(|cause| cause.downcast_ref::<ParseIntError>());
    /// assert_eq!(again, Some(&cause));
    /// ```
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        match &self.0.reason {
            ErrorDetail::WorkerLost(cause)
            | ErrorDetail::ExecutorBroken(cause)
            | ErrorDetail::Rejected(cause)
            | ErrorDetail::Encode(cause)
            | ErrorDetail::Decode(cause) => Some(&**cause),
            _ => None,
        }
    }

    /// Returns the number of attempts: one, unless the call was
    /// [retried](crate::Options::retries).
    ///
    /// The error is that of the last attempt. For a call that never started it is one, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let error = pool.spawn(|| panic!("out of paper")).result().unwrap_err();
    /// assert_eq!(error.attempts(), 1);
    /// ```
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }
}

impl TaskError {
    /// Makes the error of a wait that would have been a deadlock.
    pub(crate) fn would_deadlock() -> Self {
        Self::from(ErrorDetail::WouldDeadlock)
    }

    /// Adds the name of the call's task.
    ///
    /// An error that has a task, or has clones, is not changed.
    pub(crate) fn of_task(mut self, name: &str) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.task.get_or_insert_with(|| name.into());
        }
        self
    }

    /// Sets the number of attempts, the last of which ended with this error.
    ///
    /// An error that has clones is not changed.
    #[cfg_attr(
        not(any(test, all(unix, feature = "processes"))),
        expect(dead_code, reason = "only worker processes are lost and replaced")
    )]
    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.attempts = attempts;
        }
        self
    }
}

impl From<ErrorDetail> for TaskError {
    fn from(reason: ErrorDetail) -> Self {
        Self(Arc::new(ErrorInner {
            task: None,
            attempts: 1,
            reason,
        }))
    }
}

impl Error for TaskError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause()?.source()
    }
}
