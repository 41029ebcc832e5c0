//! One future for several readers.

use std::{ops::Deref, sync::Arc};

use super::Future;
use crate::error::TaskError;

/// A future that can be cloned; made by [`Future::shared`].
///
/// All that a [`Future`] does by reference it does too: [`get`](Future::get),
/// [`peek`](Future::peek), [`cancel`](Future::cancel) and the rest. All clones are
/// one future; the call is left to itself when the last of them is dropped.
#[must_use = "a future that is dropped leaves its call running, and its errors unseen"]
pub struct SharedFuture<T>(Arc<Future<T>>);

impl<T> SharedFuture<T> {
    pub(super) fn new(future: Future<T>) -> Self {
        Self(Arc::new(future))
    }

    /// Waits for the result, and clones it.
    ///
    /// Blocks like [`Future::result`]; [`get`](Future::get) lends instead.
    ///
    /// # Errors
    ///
    /// As for [`Future::result`].
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
