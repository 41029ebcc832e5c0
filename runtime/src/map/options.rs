//! The options of a `map`, and what makes them invalid.

use std::time::Duration;

use crate::{error::debug_as_error, task::Options};

/// Options of a `map`: how it submits calls and yields their results.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn square(n: u64) -> u64 { n * n }
///
/// let pool = ThreadPool::new();
/// // Inputs without end, pulled a hundred ahead of the results.
/// let squares = square::map_with(&pool, MapOptions::new().buffer(100), 0..)?;
/// let sum: Result<u64, TaskError> = squares.take(5).sum();
/// assert_eq!(sum?, 30);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapOptions {
    chunk_size: Option<usize>,
    buffer: Option<usize>,
    timeout: Option<Duration>,
    unordered: bool,
    cancel_on_drop: bool,
    each: Options,
}

impl MapOptions {
    /// Makes the default options: all inputs are submitted at once, results come in order.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn square(n: u64) -> u64 { n * n }
    ///
    /// let pool = ThreadPool::new();
    /// let squares = square::map_with(&pool, MapOptions::new(), 1..=3)?;
    /// assert_eq!(squares.into_vec()?, [1, 4, 9]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of calls that are submitted as one chunk.
    ///
    /// Chunks make small calls cheaper; each call of a chunk still fails by itself. A chunk
    /// is never larger than the buffer.
    ///
    /// By default each call is submitted alone on threads, and everywhere with a bound on
    /// pending calls. On a work-stealing pool, and where calls leave this process, the map
    /// measures the cost of its calls as they end and sizes its chunks by it: 50 microseconds
    /// of work each, and half a millisecond on processes.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn square(n: u64) -> u64 { n * n }
    ///
    /// let pool = ThreadPool::new();
    /// let squares = square::map_with(&pool, MapOptions::new().chunk_size(100), 0..1_000)?;
    /// assert_eq!(squares.into_vec()?.len(), 1_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "chunksize")]
    #[must_use]
    pub fn chunk_size(mut self, calls: usize) -> Self {
        self.chunk_size = Some(calls);
        self
    }

    /// Limits the number of inputs that are pulled ahead of the results taken.
    ///
    /// `map_with` itself pulls and submits `calls` inputs, or all if there are fewer. By
    /// default there is no limit, and all inputs are submitted at once.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn square(n: u64) -> u64 { n * n }
    ///
    /// let pool = ThreadPool::new();
    /// // At most ten inputs are pulled ahead, of inputs that never end.
    /// let mut squares = square::map_with(&pool, MapOptions::new().buffer(10), 1..)?;
    /// assert_eq!(squares.next().transpose()?, Some(1));
    /// assert_eq!(squares.next().transpose()?, Some(4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("buffersize", "buffered"))]
    #[must_use]
    pub fn buffer(mut self, calls: usize) -> Self {
        self.buffer = Some(calls);
        self
    }

    /// Sets a time limit for the whole map, counted from the call of `map_with`.
    ///
    /// When it passes, the results that are available are still yielded (in order: those
    /// before the first that is not), then one error that
    /// [`is_timed_out`](crate::TaskError::is_timed_out), and the iterator ends. Calls that
    /// had not started never run. The finished calls of a chunk that still runs are not
    /// yielded. While a bound on pending calls is reached, `map_with` may block longer.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn square(n: u64) -> u64 { n * n }
    ///
    /// let pool = ThreadPool::new();
    /// let in_a_minute = MapOptions::new().timeout(Duration::from_secs(60));
    /// for result in square::map_with(&pool, in_a_minute, 1..=3)? {
    ///     match result {
    ///         Ok(square) => println!("{square}"),
    ///         Err(error) if error.is_timed_out() => println!("the others take too long"),
    ///         Err(error) => return Err(error.into()),
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Yields results in the order in which calls end, not in that of the inputs.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn square(n: u64) -> u64 { n * n }
    ///
    /// let pool = ThreadPool::new();
    /// let squares = square::map_with(&pool, MapOptions::new().unordered(), 1..=3)?;
    /// let mut squares = squares.into_vec()?;
    /// squares.sort_unstable();
    /// assert_eq!(squares, [1, 4, 9]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("imap_unordered", "buffer_unordered"))]
    #[must_use]
    pub fn unordered(mut self) -> Self {
        self.unordered = true;
        self
    }

    /// Cancels the calls that have not started when the iterator is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn square(n: u64) -> u64 { n * n }
    ///
    /// let pool = ThreadPool::new();
    /// let mut squares = square::map_with(&pool, MapOptions::new().cancel_on_drop(), 1..=1_000)?;
    /// assert_eq!(squares.next().transpose()?, Some(1));
    /// drop(squares); // Of the other calls, those that have not started never run.
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn cancel_on_drop(mut self) -> Self {
        self.cancel_on_drop = true;
        self
    }

    /// Sets the [`Options`] of each call, as if each were submitted with them.
    ///
    /// They come before those of the task. A later `each` replaces an earlier one.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Inline, MapOptions, Options, prelude::*};
    ///
    /// #[task(timeout = "5s")]
    /// fn render(page: u32) -> String { format!("page {page}") }
    ///
    /// // An hour for each page of this map. `Inline` has no time limits, and rejects each call.
    /// let patient = Options::new().timeout(Duration::from_secs(3600));
    /// let pages = render::map_with(&Inline, MapOptions::new().each(patient), 1..=3)?;
    /// assert!(pages.map(Result::unwrap_err).all(|error| error.is_rejected()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn each(mut self, options: Options) -> Self {
        self.each = options;
        self
    }

    /// Checks these options for inputs with the given size hint.
    pub(super) fn check(&self, inputs: (usize, Option<usize>)) -> Result<(), MapError> {
        // The size hint of an iterator that is known never to end.
        const ENDLESS: (usize, Option<usize>) = (usize::MAX, None);
        if self.chunk_size == Some(0) {
            Err(MapError::ZeroChunk)
        } else if self.buffer == Some(0) {
            Err(MapError::ZeroBuffer)
        } else if self.buffer.is_none() && inputs == ENDLESS {
            Err(MapError::Unbounded)
        } else {
            Ok(())
        }
    }

    pub(super) fn get_chunk_size(&self) -> Option<usize> {
        self.chunk_size
    }

    pub(super) fn get_buffer(&self) -> Option<usize> {
        self.buffer
    }

    pub(super) fn get_each(&self) -> &Options {
        &self.each
    }

    pub(super) fn get_timeout(&self) -> Option<Duration> {
        self.timeout
    }

    pub(super) fn is_unordered(&self) -> bool {
        self.unordered
    }

    pub(super) fn cancels_on_drop(&self) -> bool {
        self.cancel_on_drop
    }
}

/// Why `map_with` refused its options; no call was submitted.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// The chunk size is zero.
    #[error("a chunk of zero calls runs nothing; ask for at least one")]
    ZeroChunk,
    /// The buffer is zero.
    #[error("a buffer of zero calls lets nothing in; ask for at least one")]
    ZeroBuffer,
    /// The inputs never end, and there is no buffer: all would be submitted at once.
    #[error("inputs never end; set a buffer, so that they are pulled as results are taken")]
    Unbounded,
}

debug_as_error!(impl for MapError);
