//! Why a call has no value.
//!
//! [`TaskError`] is one thin pointer, cheap to clone, so that it can be stored in a cell,
//! lent to callbacks and returned to several readers. Its fields are private; its
//! [`TaskErrorKind`] can be matched on, and each kind has a method of its own.
//!
//! A task's own `Err` is not here: it is a value, and is returned as one.

use std::{
    any::Any,
    error::Error,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

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

pub use death::WorkerDeath;
#[cfg(all(unix, feature = "processes"))]
pub(crate) use death::WorkerEnd;
pub(crate) use debug::{debug_as_error, fmt_error};
pub use failure::{Failure, ReturnedError, ReturnedText};
pub use memory::MemoryUse;
pub(crate) use panic::{Panic, leak_or_drop, message_of};
pub(crate) use stderr_tail::StderrTail;
#[cfg(all(unix, feature = "processes"))]
pub(crate) use truncate::{MAX_TEXT, MAX_TRUNCATION_NOTE, truncated, truncation_note};

type BoxError = Box<dyn Error + Send + Sync>;

/// The error of a call that did not return a value.
///
/// Cloning is cheap: clones share the error.
///
/// # Examples
///
/// ```
/// use concurrent_futures::ThreadPool;
///
/// let pool = ThreadPool::new();
/// let error = pool.spawn(|| -> u32 { panic!("out of paper") }).result().unwrap_err();
/// assert!(error.is_panicked());
/// assert_eq!(error.message(), Some("out of paper"));
/// assert_eq!(error.to_string(), "task panicked: out of paper");
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

/// The kinds of [`TaskError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskErrorKind {
    /// The call was cancelled.
    Cancelled,
    /// The task panicked.
    Panicked,
    /// A time limit passed.
    TimedOut,
    /// The worker exceeded the memory limit of the call.
    MemoryExceeded,
    /// The worker ended before the call had an outcome.
    WorkerLost,
    /// The executor can run no more calls.
    ExecutorBroken,
    /// The executor did not accept the call.
    Rejected,
    /// The arguments or the result could not be encoded.
    Encode,
    /// The arguments or the result could not be decoded.
    Decode,
    /// The wait would have been a deadlock.
    WouldDeadlock,
}

macro_rules! questions {
    ($($(#[$doc:meta])* $question:ident => $kind:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $question(&self) -> bool {
            self.kind() == TaskErrorKind::$kind
        }
    )*};
}

impl TaskError {
    questions! {
        /// Returns whether the call was cancelled: before it started, or by an `abort` that ended
        /// its worker.
        is_cancelled => Cancelled;
        /// Returns whether the task panicked.
        is_panicked => Panicked;
        /// Returns whether a time limit passed: the call's, or that of its `map`.
        is_timed_out => TimedOut;
        /// Returns whether the call exceeded its memory limit; [`memory_use`](Self::memory_use)
        /// tells by how much.
        is_memory_exceeded => MemoryExceeded;
        /// Returns whether the worker ended before the call had an outcome.
        is_worker_lost => WorkerLost;
        /// Returns whether the executor can run no more calls.
        is_executor_broken => ExecutorBroken;
        /// Returns whether the executor did not accept the call.
        is_rejected => Rejected;
        /// Returns whether arguments or a result could not be encoded.
        is_encode => Encode;
        /// Returns whether arguments or a result could not be decoded.
        is_decode => Decode;
        /// Returns whether the wait would have been a deadlock: this thread itself runs the call,
        /// or a callback of it.
        is_would_deadlock => WouldDeadlock;
    }

    /// Returns the kind of the error, to match on.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{TaskError, TaskErrorKind};
    ///
    /// let error = TaskError::worker_lost("the cable was cut");
    /// assert_eq!(error.kind(), TaskErrorKind::WorkerLost);
    /// ```
    #[must_use]
    pub fn kind(&self) -> TaskErrorKind {
        match self.0.reason {
            ErrorDetail::Cancelled => TaskErrorKind::Cancelled,
            ErrorDetail::Panicked(_) => TaskErrorKind::Panicked,
            ErrorDetail::TimedOut(_) => TaskErrorKind::TimedOut,
            ErrorDetail::MemoryExceeded(_) => TaskErrorKind::MemoryExceeded,
            ErrorDetail::WorkerLost(_) => TaskErrorKind::WorkerLost,
            ErrorDetail::ExecutorBroken(_) => TaskErrorKind::ExecutorBroken,
            ErrorDetail::Rejected(_) => TaskErrorKind::Rejected,
            ErrorDetail::Encode(_) => TaskErrorKind::Encode,
            ErrorDetail::Decode(_) => TaskErrorKind::Decode,
            ErrorDetail::WouldDeadlock => TaskErrorKind::WouldDeadlock,
        }
    }

    /// Returns the name of the call's task, if it is known.
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

/// Constructors, for authors of executors.
impl TaskError {
    /// Makes the error of a call that was cancelled.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::from(ErrorDetail::Cancelled)
    }

    /// Makes the error of a task that panicked with `payload`.
    #[must_use]
    pub fn panicked(payload: Box<dyn Any + Send>) -> Self {
        Self::from(ErrorDetail::Panicked(Panic::new(payload)))
    }

    /// Makes the error of a call, or a `map`, whose time limit has passed.
    #[must_use]
    pub fn timed_out(limit: Duration) -> Self {
        Self::from(ErrorDetail::TimedOut(limit))
    }

    /// Makes the error of a call whose worker held `size` bytes of memory, above its `limit`.
    #[must_use]
    pub fn memory_exceeded(limit: u64, size: u64) -> Self {
        Self::from(ErrorDetail::MemoryExceeded(MemoryUse { limit, size }))
    }

    /// Makes the error of a call whose worker ended before it had an outcome.
    #[must_use]
    pub fn worker_lost(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::WorkerLost(cause.into()))
    }

    /// Makes the error of the calls of an executor that can run no more calls.
    #[must_use]
    pub fn executor_broken(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::ExecutorBroken(cause.into()))
    }

    /// Makes the error of a call that the executor does not accept; its text is that of `cause`.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::TaskError;
    ///
    /// let error = TaskError::rejected("the machine room is closed");
    /// assert!(error.is_rejected());
    /// assert_eq!(error.to_string(), "the machine room is closed");
    /// ```
    #[must_use]
    pub fn rejected(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::Rejected(cause.into()))
    }

    /// Makes the error of a call whose arguments or result could not be encoded.
    #[must_use]
    pub fn encode(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::Encode(cause.into()))
    }

    /// Makes the error of a call whose arguments or result could not be decoded.
    #[must_use]
    pub fn decode(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::Decode(cause.into()))
    }

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
