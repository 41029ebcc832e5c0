//! All results of a map, in one vector.

use super::{Map, Received, gathered::Gathered};
use crate::error::TaskError;

impl<T> Map<'_, T> {
    /// Blocks until all calls have ended, and collects their results, in the order of the iterator.
    ///
    /// Returns early at the first error.
    ///
    /// # Errors
    ///
    /// The first error; the calls after it still run.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn square(n: u32) -> u32 { n * n }
    ///
    /// let pool = ThreadPool::new();
    /// assert_eq!(square::map(&pool, 1..=4).into_vec()?, [1, 4, 9, 16]);
    /// # Ok::<(), TaskError>(())
    /// ```
    #[doc(alias("collect", "join_all"))]
    pub fn into_vec(mut self) -> Result<Vec<T>, TaskError> {
        let mut values = Gathered::new(self.outstanding);
        match self.gather(&mut values) {
            Ok(()) => Ok(values.into_vec()),
            Err(error) => {
                values.discard();
                Err(error)
            }
        }
    }

    fn gather(&mut self, values: &mut Gathered<T>) -> Result<(), TaskError> {
        loop {
            if let Some(chunk) = self.current.take() {
                let before = values.len();
                self.current = values.take_over(chunk);
                self.count_yielded(values.len() - before);
            }
            self.refill();
            match self.next_of_chunk() {
                Some(outcome) => values.push(outcome?),
                None => match self.receive() {
                    Received::Chunk => {}
                    Received::Result(outcome) => values.push(outcome?),
                    Received::Nothing => return Ok(()),
                },
            }
        }
    }
}
