//! What can go wrong with a call.
//!
//! [`TaskError`] is one thin pointer, cheap to clone, so that it can be stored
//! in a cell, lent to callbacks and returned to several readers. What it is
//! made of stays private; its [`TaskErrorKind`] can be matched on, and every
//! kind has a question of its own.
//!
//! A task's own `Err` is not here: it is a value, and comes back as one.

use std::{
    any::Any,
    error::Error,
    fmt, mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

mod death;
mod display;
mod memory;
mod panic;
mod stderr_tail;
mod truncate;

pub use death::WorkerDeath;
pub(crate) use death::WorkerEnd;
pub use memory::MemoryUse;
pub(crate) use panic::{Panic, leak_or_drop, message_of};
pub(crate) use stderr_tail::StderrTail;
pub(crate) use truncate::{MAX_TEXT, MAX_TRUNCATION_NOTE, truncated, truncation_note};

type BoxError = Box<dyn Error + Send + Sync>;

/// Why a call has no value.
///
/// Cloning is cheap; all clones are one error.
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
        // What was thrown and what was given as a cause is the user's: a panic of its drop is contained.
        let reason = mem::replace(&mut self.reason, ErrorDetail::Cancelled);
        if let Err(thrown) = catch_unwind(AssertUnwindSafe(|| drop(reason))) {
            leak_or_drop(thrown);
            let logged = catch_unwind(|| log::error!("dropping what an error held panicked"));
            logged.err().into_iter().for_each(leak_or_drop);
        }
    }
}

/// The kind of an error, with what only that kind knows.
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
    /// The worker held more memory than the call may make it hold.
    MemoryExceeded,
    /// The worker that held the call ended without an outcome.
    WorkerLost,
    /// The executor can run nothing any more.
    ExecutorBroken,
    /// The executor did not take the call.
    Rejected,
    /// The arguments or the result could not be turned into bytes.
    Encode,
    /// The arguments or the result could not be made from bytes.
    Decode,
    /// The wait could never have ended.
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
        /// Whether the call was cancelled: before it ran, or by an `abort` that ended its worker.
        is_cancelled => Cancelled;
        /// Whether the task panicked.
        is_panicked => Panicked;
        /// Whether a time limit passed: the call's, or that of the `map` it came from.
        is_timed_out => TimedOut;
        /// Whether the call broke its memory limit; [`memory_use`](Self::memory_use) says by how much.
        is_memory_exceeded => MemoryExceeded;
        /// Whether the worker that held the call ended without an outcome.
        is_worker_lost => WorkerLost;
        /// Whether the executor can run nothing any more.
        is_executor_broken => ExecutorBroken;
        /// Whether the executor did not take the call.
        is_rejected => Rejected;
        /// Whether arguments or a result could not be turned into bytes.
        is_encode => Encode;
        /// Whether arguments or a result could not be made from bytes.
        is_decode => Decode;
        /// Whether the wait could never have ended: this thread itself runs the call, or a callback of it.
        is_would_deadlock => WouldDeadlock;
    }

    /// The error's kind, to match on.
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

    /// The name of the task whose call this was, where it is known.
    #[must_use]
    pub fn task(&self) -> Option<&str> {
        self.0.task.as_deref()
    }

    /// What the author of an executor gave as the cause, as it was given.
    ///
    /// That is what [`rejected`](Self::rejected), [`worker_lost`](Self::worker_lost), [`executor_broken`](Self::executor_broken),
    /// [`encode`](Self::encode) and [`decode`](Self::decode) take; it can be downcast. All clones of an error lend the same
    /// cause. One that comes from another process is its text. `None` for errors of other kinds.
    ///
    /// The text of this error holds that of its cause, so [`source`](Error::source) goes on with what is behind the cause.
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

    /// How often the call was started: once, unless it was [retried](crate::Options::retries).
    ///
    /// The error is that of the last attempt. One of a call that never started says 1 too.
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

/// For those who write executors: the errors that their calls fail with.
impl TaskError {
    /// The call was cancelled.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::from(ErrorDetail::Cancelled)
    }

    /// The task panicked and threw `payload`.
    #[must_use]
    pub fn panicked(payload: Box<dyn Any + Send>) -> Self {
        Self::from(ErrorDetail::Panicked(Panic::new(payload)))
    }

    /// The call, or the `map` it came from, was given `limit` and that passed.
    #[must_use]
    pub fn timed_out(limit: Duration) -> Self {
        Self::from(ErrorDetail::TimedOut(limit))
    }

    /// The call's worker held `size` bytes of memory, and `limit` were allowed.
    #[must_use]
    pub fn memory_exceeded(limit: u64, size: u64) -> Self {
        Self::from(ErrorDetail::MemoryExceeded(MemoryUse { limit, size }))
    }

    /// The call's worker ended without an outcome.
    #[must_use]
    pub fn worker_lost(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::WorkerLost(cause.into()))
    }

    /// The executor can run nothing any more.
    #[must_use]
    pub fn executor_broken(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::ExecutorBroken(cause.into()))
    }

    /// The executor does not take the call.
    #[must_use]
    pub fn rejected(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::Rejected(cause.into()))
    }

    /// The arguments or the result cannot be turned into bytes.
    #[must_use]
    pub fn encode(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::Encode(cause.into()))
    }

    /// The arguments or the result cannot be made from bytes.
    #[must_use]
    pub fn decode(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::Decode(cause.into()))
    }

    /// The wait that returns this could never have ended.
    pub(crate) fn would_deadlock() -> Self {
        Self::from(ErrorDetail::WouldDeadlock)
    }

    /// This error, naming the task whose call it ended.
    ///
    /// An error that names one already, or has clones, stays as it is.
    pub(crate) fn of_task(mut self, name: &str) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.task.get_or_insert_with(|| name.into());
        }
        self
    }

    /// This error, as that of the last of so many attempts.
    ///
    /// An error that has clones stays as it is.
    #[cfg_attr(
        not(any(test, feature = "processes")),
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

/// How a task that returns a [`Result`] ended without its `Ok`.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{Failure, ThreadPool};
///
/// let pool = ThreadPool::new();
/// match pool.try_spawn(|| "7x".parse::<u8>()).try_result() {
///     Ok(number) => println!("{number}"),
///     Err(Failure::Returned(error)) => println!("no number: {error}"),
///     Err(Failure::Task(error)) => println!("no answer: {error}"),
///     # _ => unreachable!(),
/// }
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure<E> {
    /// The task ran and returned this `Err`.
    #[error(transparent)]
    Returned(E),
    /// The task did not return.
    #[error(transparent)]
    Task(#[from] TaskError),
}

// Nothing in it is ever pinned; so it goes on with `?` whatever it holds, a `PortableError` too.
impl<E> Unpin for Failure<E> {}

impl fmt::Debug for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("TaskError");
        out.field("kind", &self.kind());
        if let Some(task) = self.task() {
            out.field("task", &task);
        }
        out.field("text", &self.to_string());
        if let Some(location) = self.location() {
            out.field("location", &location);
        }
        out.finish()
    }
}
