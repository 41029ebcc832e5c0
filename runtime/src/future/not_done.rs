//! Waits with a time limit, and what they return when it has passed.

use std::{error::Error, fmt, time::Duration};

use super::handle::Future;
use crate::{
    cell::Unsettled,
    error::{TaskError, debug_as_error},
};

impl<T> Future<T> {
    /// Blocks for at most `limit`, and takes the result.
    ///
    /// When the limit passes, the future comes back inside of [`NotDone`] and the call goes on. A
    /// limit of zero never blocks. The limit bounds the waiting alone: a call that a worker runs in
    /// place of waiting runs to its end.
    ///
    /// # Errors
    ///
    /// [`NotDone`] if the limit has passed; inside, as for [`result`](Self::result).
    ///
    /// # Panics
    ///
    /// As for [`result`](Self::result).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    /// use std::{sync::mpsc::channel, time::Duration};
    ///
    /// let pool = ThreadPool::new();
    /// let (go, wait_for_go) = channel();
    /// let future = pool.spawn(move || wait_for_go.recv().is_ok());
    /// let future = match future.result_timeout(Duration::from_millis(1)) {
    ///     Ok(result) => panic!("too early: {result:?}"),
    ///     Err(not_done) => not_done.into_future(),
    /// };
    /// go.send(())?;
    /// assert!(future.result()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn result_timeout(self, limit: Duration) -> Result<Result<T, TaskError>, NotDone<T>> {
        match self.cell().wait_settled(Some(limit)) {
            Ok(()) => Ok(self.end.take()),
            Err(Unsettled::TimedOut) => Err(NotDone::new(self, limit)),
            Err(Unsettled::WouldDeadlock) => Ok(Err(TaskError::would_deadlock())),
        }
    }

    /// Blocks for at most `limit`, and lends the result.
    ///
    /// A limit of zero never blocks.
    ///
    /// # Errors
    ///
    /// [`TimedOut`] if the limit has passed; inside, as for [`result`](Self::result).
    ///
    /// # Panics
    ///
    /// As for [`result`](Self::result).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    /// use std::time::Duration;
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.spawn(|| 5);
    /// assert_eq!(future.get_timeout(Duration::from_secs(60))??, &5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get_timeout(&self, limit: Duration) -> Result<Result<&T, TaskError>, TimedOut> {
        match self.cell().wait_settled(Some(limit)) {
            Ok(()) => Ok(self.end.lend()),
            Err(Unsettled::TimedOut) => Err(TimedOut::new(limit)),
            Err(Unsettled::WouldDeadlock) => Ok(Err(TaskError::would_deadlock())),
        }
    }
}

/// The error of a wait whose time limit passed; gives the future back.
///
/// # Examples
///
/// ```
/// use concurrent_futures::Promise;
/// use std::time::Duration;
///
/// let (promise, future) = Promise::<u8>::new();
/// let not_done = future.result_timeout(Duration::ZERO).expect_err("the promise is pending");
/// let future = not_done.into_future();
/// promise.finish(Ok(1)).expect("it was not cancelled");
/// assert_eq!(future.result()?, 1);
/// # Ok::<(), concurrent_futures::TaskError>(())
/// ```
#[must_use = "it holds the future; call `into_future` to go on waiting"]
pub struct NotDone<T> {
    future: Future<T>,
    limit: Duration,
}

impl<T> NotDone<T> {
    pub(super) fn new(future: Future<T>, limit: Duration) -> Self {
        Self { future, limit }
    }

    /// Returns the future, as usable as before.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    /// use std::time::Duration;
    ///
    /// let (promise, future) = Promise::new();
    /// let Err(not_done) = future.result_timeout(Duration::ZERO) else { panic!("it is pending") };
    /// promise.run(|| 1);
    /// assert_eq!(not_done.into_future().result()?, 1);
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn into_future(self) -> Future<T> {
        self.future
    }
}

impl<T> fmt::Display for NotDone<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        TimedOut::new(self.limit).fmt(f)
    }
}

impl<T> Error for NotDone<T> {}

/// The error of a wait whose time limit passed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TimedOut {
    limit: Duration,
}

impl TimedOut {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit }
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call has not ended within {:?}", self.limit)
    }
}

impl Error for TimedOut {}

debug_as_error!(impl<T> for NotDone<T>, impl for TimedOut);
