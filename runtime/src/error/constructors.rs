//! The errors that executors make.

use std::{any::Any, time::Duration};

use super::{BoxError, ErrorDetail, MemoryUse, Panic, TaskError};

/// Constructors, for authors of executors.
impl TaskError {
    /// Makes the error of a call that was cancelled.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Promise, TaskError};
    ///
    /// let (promise, future) = Promise::<u8>::new();
    /// promise.finish(Err(TaskError::cancelled())).expect("it was not cancelled before");
    /// assert!(future.result().unwrap_err().is_cancelled());
    /// ```
    #[must_use]
    pub fn cancelled() -> Self {
        Self::from(ErrorDetail::Cancelled)
    }

    /// Makes the error of a task that panicked with `payload`.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::TaskError;
    ///
    /// let payload = std::panic::catch_unwind(|| panic!("out of paper")).unwrap_err();
    /// let error = TaskError::panicked(payload);
    /// assert_eq!(error.message(), Some("out of paper"));
    /// ```
    #[must_use]
    pub fn panicked(payload: Box<dyn Any + Send>) -> Self {
        Self::from(ErrorDetail::Panicked(Panic::new(payload)))
    }

    /// Makes the error of a call, or a `map`, whose time limit has passed.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::TaskError;
    /// use std::time::Duration;
    ///
    /// let error = TaskError::timed_out(Duration::from_secs(5));
    /// assert!(error.is_timed_out());
    /// ```
    #[must_use]
    pub fn timed_out(limit: Duration) -> Self {
        Self::from(ErrorDetail::TimedOut(limit))
    }

    /// Makes the error of a call whose worker held `size` bytes of memory, above its `limit`.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::TaskError;
    ///
    /// let error = TaskError::memory_exceeded(64 << 20, 65 << 20);
    /// assert_eq!(error.to_string(), "memory limit of 64 MiB exceeded: worker held 65 MiB");
    /// ```
    #[must_use]
    pub fn memory_exceeded(limit: u64, size: u64) -> Self {
        Self::from(ErrorDetail::MemoryExceeded(MemoryUse { limit, size }))
    }

    /// Makes the error of a call whose worker ended before it had an outcome.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::TaskError;
    ///
    /// let error = TaskError::worker_lost("the cable was cut");
    /// assert!(error.is_worker_lost());
    /// assert!(error.to_string().contains("the cable was cut"));
    /// ```
    #[must_use]
    pub fn worker_lost(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::WorkerLost(cause.into()))
    }

    /// Makes the error of the calls of an executor that can run no more calls.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::TaskError;
    ///
    /// let error = TaskError::executor_broken("no robot is left");
    /// assert!(error.is_executor_broken());
    /// assert_eq!(error.to_string(), "executor is broken: no robot is left");
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::TaskError;
    ///
    /// let error = TaskError::encode("a map has no length");
    /// assert!(error.is_encode());
    /// assert!(error.to_string().contains("a map has no length"));
    /// ```
    #[must_use]
    pub fn encode(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::Encode(cause.into()))
    }

    /// Makes the error of a call whose arguments or result could not be decoded.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::TaskError;
    ///
    /// let error = TaskError::decode("unexpected end of the bytes");
    /// assert!(error.is_decode());
    /// assert!(error.to_string().contains("unexpected end of the bytes"));
    /// ```
    #[must_use]
    pub fn decode(cause: impl Into<BoxError>) -> Self {
        Self::from(ErrorDetail::Decode(cause.into()))
    }
}
