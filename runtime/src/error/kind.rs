//! The kinds of errors, and a question for each.

use super::{ErrorDetail, TaskError};

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

    questions! {
        /// Returns whether the call was cancelled: before it started, or by an `abort` that ended
        /// its worker.
        ///
        /// # Examples
        ///
        /// ```
        /// use concurrent_futures::Promise;
        ///
        /// let (_promise, future) = Promise::<u8>::new();
        /// future.cancel();
        /// assert!(future.result().unwrap_err().is_cancelled());
        /// ```
        is_cancelled => Cancelled;
        /// Returns whether the task panicked.
        ///
        /// # Examples
        ///
        /// ```
        /// use concurrent_futures::ThreadPool;
        ///
        /// let pool = ThreadPool::new();
        /// let error = pool.spawn(|| panic!("out of paper")).result().unwrap_err();
        /// assert!(error.is_panicked());
        /// ```
        is_panicked => Panicked;
        /// Returns whether a time limit passed: the call's, or that of its `map`.
        ///
        /// # Examples
        ///
        /// ```
        /// use concurrent_futures::prelude::*;
        ///
        /// #[task(timeout = "50ms")]
        /// fn run_for_ever() { loop { std::thread::park() } }
        ///
        /// #[concurrent_futures::main]
        /// fn main() -> Result<(), Box<dyn std::error::Error>> {
        ///     let pool = ProcessPool::new()?;
        ///     assert!(run_for_ever::submit(&pool).result().unwrap_err().is_timed_out());
        ///     Ok(())
        /// }
        /// ```
        is_timed_out => TimedOut;
        /// Returns whether the call exceeded its memory limit; [`memory_use`](Self::memory_use)
        /// tells by how much.
        ///
        /// # Examples
        ///
        /// ```
        /// use concurrent_futures::TaskError;
        ///
        /// let error = TaskError::memory_exceeded(64 << 20, 65 << 20);
        /// assert!(error.is_memory_exceeded());
        /// ```
        is_memory_exceeded => MemoryExceeded;
        /// Returns whether the worker ended before the call had an outcome.
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
        ///     let pool = ProcessPool::new()?;
        ///     assert!(crash::submit(&pool).result().unwrap_err().is_worker_lost());
        ///     Ok(())
        /// }
        /// ```
        is_worker_lost => WorkerLost;
        /// Returns whether the executor can run no more calls.
        ///
        /// # Examples
        ///
        /// ```
        /// use concurrent_futures::ThreadPool;
        ///
        /// let pool = ThreadPool::builder().try_initializer(|| Err("no licence")).build()?;
        /// assert!(pool.spawn(|| 1).result().unwrap_err().is_executor_broken());
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        is_executor_broken => ExecutorBroken;
        /// Returns whether the executor did not accept the call.
        ///
        /// # Examples
        ///
        /// ```
        /// use concurrent_futures::ThreadPool;
        ///
        /// let pool = ThreadPool::new();
        /// pool.close();
        /// assert!(pool.spawn(|| 1).result().unwrap_err().is_rejected());
        /// ```
        is_rejected => Rejected;
        /// Returns whether arguments or a result could not be encoded.
        ///
        /// # Examples
        ///
        /// ```
        /// use concurrent_futures::prelude::*;
        ///
        /// #[task]
        /// fn count(text: String) -> usize { text.len() }
        ///
        /// #[concurrent_futures::main]
        /// fn main() -> Result<(), Box<dyn std::error::Error>> {
        ///     let pool = ProcessPool::builder().max_frame(1_000).build()?;
        ///     let error = count::submit(&pool, "a".repeat(10_000)).result().unwrap_err();
        ///     assert!(error.is_encode());
        ///     Ok(())
        /// }
        /// ```
        is_encode => Encode;
        /// Returns whether arguments or a result could not be decoded.
        ///
        /// # Examples
        ///
        /// ```
        /// use concurrent_futures::TaskError;
        ///
        /// let error = TaskError::decode("unexpected end of the bytes");
        /// assert!(error.is_decode());
        /// ```
        is_decode => Decode;
        /// Returns whether the wait would have been a deadlock: this thread itself runs the call,
        /// or a callback of it.
        ///
        /// # Examples
        ///
        /// ```
        /// use concurrent_futures::ThreadPool;
        /// use std::sync::mpsc::channel;
        ///
        /// let pool = ThreadPool::new();
        /// let (give, take) = channel();
        /// let (report, reported) = channel();
        /// let future = pool.spawn(move || {
        ///     let itself: concurrent_futures::SharedFuture<u8> = take.recv().expect("it is sent");
        ///     let error = itself.result().unwrap_err();
        ///     report.send(error.is_would_deadlock()).expect("it is awaited");
        ///     1
        /// });
        /// give.send(future.shared())?;
        /// assert!(reported.recv()?);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        is_would_deadlock => WouldDeadlock;
    }
}
