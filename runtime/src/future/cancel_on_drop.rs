//! A future whose drop cancels its call.

use std::{
    future::Future as StdFuture,
    ops::Deref,
    pin::Pin,
    task::{Context, Poll},
};

use super::handle::Future;
use crate::error::TaskError;

impl<T> Future<T> {
    /// Ties the call to this handle: dropping the handle cancels a call that has not started.
    ///
    /// For request handlers, which an async runtime drops when the client goes away or the time is
    /// up: the calls that such a handler awaits then leave the queue. A call that runs goes on, as
    /// after [`cancel`](Self::cancel); its result is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (mut promise, future) = Promise::<u32>::new();
    /// let awaited = future.cancel_on_drop(); // what a handler holds across its `.await`
    /// drop(awaited);                         // the client is gone
    /// assert!(!promise.start());             // no worker starts the call
    /// ```
    #[doc(alias = "AbortOnDropHandle")]
    pub fn cancel_on_drop(self) -> CancelOnDrop<T> {
        CancelOnDrop(Some(self))
    }
}

/// A future whose drop cancels its call; made by [`Future::cancel_on_drop`].
///
/// It is awaited as the [`Future`] itself is, and has those of its methods that take a reference.
#[must_use = "dropping it cancels the call"]
#[derive(Debug)]
pub struct CancelOnDrop<T>(
    /// `None` once it is kept.
    Option<Future<T>>,
);

impl<T> CancelOnDrop<T> {
    /// Returns the future, whose drop leaves the call alone again.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.spawn(|| 6 * 7).cancel_on_drop();
    /// assert_eq!(future.keep().result()?, 42);
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn keep(mut self) -> Future<T> {
        self.0.take().expect(KEPT)
    }
}

const KEPT: &str = "only `keep` takes the future, and it consumes the handle";

impl<T> Deref for CancelOnDrop<T> {
    type Target = Future<T>;

    fn deref(&self) -> &Future<T> {
        self.0.as_ref().expect(KEPT)
    }
}

impl<T> StdFuture for CancelOnDrop<T> {
    type Output = Result<T, TaskError>;

    /// # Panics
    ///
    /// If an earlier poll has taken the value.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(self.0.as_mut().expect(KEPT)).poll(context)
    }
}

impl<T> Drop for CancelOnDrop<T> {
    fn drop(&mut self) {
        if let Some(future) = &self.0 {
            future.cancel();
        }
    }
}
