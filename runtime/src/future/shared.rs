//! One future for several readers.

use std::{ops::Deref, sync::Arc};

use super::handle::Future;
use crate::error::TaskError;

impl<T> Future<T> {
    /// Makes the future cloneable, for several readers.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let one = pool.spawn(|| 9).shared();
    /// let two = one.clone();
    /// assert_eq!((one.result()?, two.get()?), (9, &9));
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn shared(self) -> SharedFuture<T> {
        SharedFuture::new(self)
    }
}

/// A cloneable future, for several readers; made by [`Future::shared`].
///
/// It has all methods of a [`Future`] that take a reference: [`get`](Future::get),
/// [`peek`](Future::peek), [`cancel`](Future::cancel) and the rest. All clones are one future;
/// dropping the last of them detaches the call.
#[must_use = "a future that is dropped leaves its call running, and its errors unseen"]
pub struct SharedFuture<T>(Arc<Future<T>>);

impl<T> SharedFuture<T> {
    pub(super) fn new(future: Future<T>) -> Self {
        Self(Arc::new(future))
    }

    /// Blocks until the call has ended, and clones its result.
    ///
    /// [`get`](Future::get) lends the result instead. In async code write `shared.await`.
    ///
    /// # Errors
    ///
    /// As for [`Future::result`].
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let greeting = pool.spawn(|| "hello".to_owned()).shared();
    /// let lengths = [greeting.clone(), greeting.clone()]
    ///     .map(|greeting| pool.spawn(move || greeting.result().map(|text| text.len())));
    /// for length in lengths {
    ///     assert_eq!(length.result()??, 5);
    /// }
    /// assert_eq!(greeting.result()?, "hello");
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn result(&self) -> Result<T, TaskError>
    where
        T: Clone,
    {
        self.get().cloned()
    }
}

impl<T> Clone for SharedFuture<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Deref for SharedFuture<T> {
    type Target = Future<T>;

    fn deref(&self) -> &Future<T> {
        &self.0
    }
}
