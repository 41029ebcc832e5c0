//! What a wait returns when its time ran out.

use std::{error::Error, fmt, time::Duration};

use super::Future;

/// The time ran out before the call had ended; holds the future.
///
/// # Examples
///
/// ```
/// use concurrent_futures::Promise;
/// use std::time::Duration;
///
/// let (promise, future) = Promise::<u8>::new();
/// let not_done = future.result_timeout(Duration::ZERO).expect_err("nobody kept the promise yet");
/// let future = not_done.into_future();
/// promise.finish(Ok(1)).expect("nobody cancelled it");
/// assert_eq!(future.result()?, 1);
/// # Ok::<(), concurrent_futures::TaskError>(())
/// ```
#[must_use = "it cells the future; call `into_future` to go on waiting"]
pub struct NotDone<T> {
    future: Future<T>,
    limit: Duration,
}

impl<T> NotDone<T> {
    pub(super) fn new(future: Future<T>, limit: Duration) -> Self {
        Self { future, limit }
    }

    /// Gives the future back, as usable as before.
    pub fn into_future(self) -> Future<T> {
        self.future
    }
}

impl<T> fmt::Debug for NotDone<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotDone")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Display for NotDone<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        TimedOut::new(self.limit).fmt(f)
    }
}

impl<T> Error for NotDone<T> {}

/// The time ran out before the call had ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
