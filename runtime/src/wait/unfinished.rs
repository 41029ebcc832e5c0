//! The futures that are left when the time limit of `as_completed` passes.

use std::{error::Error, fmt};

use crate::{error::debug_as_error, unwind};

/// The error of `as_completed` whose time limit passed; holds the unfinished futures.
#[must_use = "it holds futures; take them back with `into_futures`"]
pub struct Unfinished<F> {
    futures: Vec<F>,
    total: usize,
}

impl<F> Unfinished<F> {
    pub(super) fn new(futures: Vec<F>, total: usize) -> Self {
        Self { futures, total }
    }

    /// Returns the number of calls that had not ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Promise, prelude::*};
    ///
    /// let (_one, first) = Promise::<u8>::new();
    /// let (_two, second) = Promise::<u8>::new();
    /// let mut futures = as_completed([first, second]).timeout(Duration::ZERO);
    /// let Some(Err(left)) = futures.next() else { panic!("no call has ended") };
    /// assert_eq!(left.unfinished(), 2);
    /// ```
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.futures.len()
    }

    /// Returns the number of futures in all.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Promise, prelude::*};
    ///
    /// let (_promise, never) = Promise::<u8>::new();
    /// let (promise, soon) = Promise::new();
    /// promise.run(|| 1);
    /// let mut futures = as_completed([never, soon]).timeout(Duration::from_millis(1));
    /// let left = futures.find_map(Result::err).expect("one call has not ended");
    /// assert_eq!((left.unfinished(), left.total()), (1, 2));
    /// ```
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    /// Returns the futures of the calls that had not ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Promise, prelude::*};
    ///
    /// let (_promise, never) = Promise::<u8>::new();
    /// let mut futures = as_completed([never]).timeout(Duration::from_millis(1));
    /// let Some(Err(left)) = futures.next() else { panic!("the call has not ended") };
    /// for future in left.into_futures() {
    ///     assert!(future.cancel());
    /// }
    /// ```
    #[must_use]
    pub fn into_futures(mut self) -> Vec<F> {
        std::mem::take(&mut self.futures)
    }
}

impl<F> Drop for Unfinished<F> {
    fn drop(&mut self) {
        // Keys are the user's.
        unwind::drop_all("dropping a key", self.futures.drain(..));
    }
}

impl<F> fmt::Display for Unfinished<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} (of {}) futures unfinished",
            self.futures.len(),
            self.total
        )
    }
}

impl<F> Error for Unfinished<F> {}

debug_as_error!(impl<F> for Unfinished<F>);
