//! A handle that cancels a call.

use std::fmt;

use super::debug;
use crate::cell::CellRef;

/// Cancels one call, from any thread; made by [`Future::canceller`](crate::Future::canceller).
///
/// It keeps neither the arguments nor the result alive.
#[derive(Clone)]
pub struct Canceller(CellRef);

impl Canceller {
    pub(crate) fn new(cell: CellRef) -> Self {
        Self(cell)
    }

    /// Cancels the call if no worker has started it; see [`Future::cancel`](crate::Future::cancel).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (_promise, future) = Promise::<u8>::new();
    /// let canceller = future.canceller();
    /// assert!(canceller.cancel());
    /// assert!(future.result().unwrap_err().is_cancelled());
    /// ```
    pub fn cancel(&self) -> bool {
        self.0.cancel()
    }

    /// Cancels the call, even if it runs; see [`Future::abort`](crate::Future::abort).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (mut promise, future) = Promise::<u8>::new();
    /// let canceller = future.canceller();
    /// promise.start();
    /// assert!(!canceller.cancel());
    /// assert!(canceller.abort() && promise.should_stop());
    /// ```
    pub fn abort(&self) -> bool {
        self.0.abort()
    }

    /// Returns true if the call has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (promise, future) = Promise::new();
    /// let canceller = future.canceller();
    /// assert!(!canceller.done());
    /// promise.run(|| 7);
    /// assert!(canceller.done());
    /// ```
    #[must_use]
    pub fn done(&self) -> bool {
        self.0.state.load().is_done()
    }

    /// Returns true if the call was cancelled.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (_promise, future) = Promise::<u8>::new();
    /// let canceller = future.canceller();
    /// future.cancel();
    /// assert!(canceller.cancelled());
    /// ```
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.0.state.load().is_cancelled()
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug::describe("Canceller", &self.0, f)
    }
}
