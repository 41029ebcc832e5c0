//! The results of tasks that return a [`Result`], flattened.

use std::{fmt, iter::FusedIterator};

use super::Map;
use crate::{error::Failure, unwind};

impl<'a, T, E> Map<'a, Result<T, E>> {
    /// Flattens the results of a task that returns a [`Result`], as
    /// [`Future::try_result`](crate::Future::try_result) does.
    ///
    /// Iterating blocks as it does for the map itself.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn parse(text: &str) -> Result<i32, PortableError> { Ok(text.parse()?) }
    ///
    /// let pool = ThreadPool::new();
    /// let numbers: Vec<_> = parse::map(&pool, ["1", "x", "3"]).try_results().collect();
    /// assert!(matches!(numbers.as_slice(), [Ok(1), Err(Failure::Returned(_)), Ok(3)]));
    /// ```
    pub fn try_results(self) -> TryResults<'a, T, E> {
        TryResults { map: self }
    }

    /// Blocks until all calls have ended, and collects the values of a task that returns a
    /// [`Result`].
    ///
    /// Returns early at the first failure.
    ///
    /// # Errors
    ///
    /// The first [`Failure`]: an `Err` that the task returned, or the error of a call that did not
    /// return. The calls after it still run.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn parse(text: &str) -> Result<i32, PortableError> { Ok(text.parse()?) }
    ///
    /// let pool = ThreadPool::new();
    /// assert_eq!(parse::map(&pool, ["1", "2", "3"]).try_into_vec()?, [1, 2, 3]);
    /// let failure = parse::map(&pool, ["1", "x"]).try_into_vec().unwrap_err();
    /// assert!(matches!(failure, Failure::Returned(_)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_into_vec(self) -> Result<Vec<T>, Failure<E>> {
        let mut values = Vec::with_capacity(self.outstanding);
        for result in self.try_results() {
            match result {
                Ok(value) => values.push(value),
                Err(failure) => {
                    unwind::drop_all("dropping a result", values);
                    return Err(failure);
                }
            }
        }
        Ok(values)
    }
}

/// An iterator over the flat results of many calls; made by [`Map::try_results`].
#[must_use = "the calls run, but their results and errors stay unseen; iterate, or collect them"]
pub struct TryResults<'a, T, E> {
    map: Map<'a, Result<T, E>>,
}

impl<T, E> Iterator for TryResults<'_, T, E> {
    type Item = Result<T, Failure<E>>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.map.next()? {
            Ok(result) => result.map_err(Failure::Returned),
            Err(error) => Err(Failure::Task(error)),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.map.size_hint()
    }
}

impl<T, E> FusedIterator for TryResults<'_, T, E> {}

impl<T, E> fmt::Debug for TryResults<'_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryResults")
            .field("outstanding", &self.map.outstanding)
            .finish_non_exhaustive()
    }
}
