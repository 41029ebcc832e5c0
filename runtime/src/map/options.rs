//! How a `map` is to go about it.

use std::time::Duration;

use crate::task::Options;

/// How a `map` submits its calls and yields their results.
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
    /// All inputs submitted at the call, results in their order.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets so many calls travel as one; each still fails for itself.
    ///
    /// That costs less for small calls. A chunk never exceeds the buffer. By default each call travels alone on threads;
    /// on a work-stealing pool, and where calls leave this process, chunks follow the cost of the calls, which is
    /// measured as they end: they are 50 microseconds of work, and half a millisecond on processes. With a bound on
    /// pending calls each travels alone.
    #[must_use]
    pub fn chunk_size(mut self, calls: usize) -> Self {
        self.chunk_size = Some(calls);
        self
    }

    /// Pulls at most so many inputs ahead of the results that were taken.
    ///
    /// Exactly so many are pulled at the call, if there are as many. By default
    /// all inputs are.
    #[must_use]
    pub fn buffer(mut self, calls: usize) -> Self {
        self.buffer = Some(calls);
        self
    }

    /// Gives the whole map so long, from the call on.
    ///
    /// Then the results that are there still come (in order: those before the first that
    /// is not), after them one error that
    /// [`is_timed_out`](crate::TaskError::is_timed_out), and the end. What had not
    /// started never runs. The finished calls of a chunk that still runs are not given.
    /// While a bound is reached, `map_with` itself may block longer.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Yields results as calls end, not in the order of the inputs.
    #[must_use]
    pub fn unordered(mut self) -> Self {
        self.unordered = true;
        self
    }

    /// Cancels what has not started when the iterator is dropped.
    #[must_use]
    pub fn cancel_on_drop(mut self) -> Self {
        self.cancel_on_drop = true;
        self
    }

    /// Asks this for each call, as if each were submitted with these options.
    ///
    /// They come before what the task asks. Of two `each` the later counts.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Inline, MapOptions, Options, prelude::*};
    ///
    /// #[task(timeout = "5s")]
    /// fn render(page: u32) -> String { format!("page {page}") }
    ///
    /// // An hour for each page of this map. `Inline` cannot keep that, and says so of each.
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

    /// Whether these options make sense for inputs of such a size.
    pub(super) fn check(&self, inputs: (usize, Option<usize>)) -> Result<(), MapError> {
        // What an iterator says that knows it never ends.
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

/// Why a `map` was refused at the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// A chunk would hold no call.
    #[error("a chunk of zero calls runs nothing; ask for at least one")]
    ZeroChunk,
    /// The buffer would hold no call.
    #[error("a buffer of zero calls lets nothing in; ask for at least one")]
    ZeroBuffer,
    /// The inputs never end, and all would be submitted at once.
    #[error("inputs never end; set a buffer, so that they are pulled as results are taken")]
    Unbounded,
}
