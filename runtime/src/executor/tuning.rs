//! What an executor answers to those who submit to it, beside its calls.

/// How calls are best submitted to an executor; see [`Executor::tuning`](crate::Executor::tuning).
///
/// # Examples
///
/// ```
/// use concurrent_futures::{Executor, Inline, ThreadPool, Tuning};
///
/// assert_eq!(Inline.tuning(), Tuning::new());
/// let pool = ThreadPool::builder().record_times(true).build()?;
/// assert_eq!(pool.tuning(), Tuning::new().records_times(true));
/// # Ok::<(), concurrent_futures::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tuning {
    /// Whether a `map` without a chunk size submits several calls as one.
    pub prefers_chunks: bool,
    /// Whether the executor can split a chunk that a worker has begun.
    pub splits_chunks: bool,
    /// Whether futures record when calls were submitted, started and finished.
    pub records_times: bool,
}

impl Tuning {
    /// Makes the tuning of a plain executor: each answer is `false`.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Tuning;
    ///
    /// assert!(!Tuning::new().prefers_chunks && !Tuning::new().records_times);
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self {
            prefers_chunks: false,
            splits_chunks: false,
            records_times: false,
        }
    }

    /// Sets whether a `map` without a chunk size submits several calls as one.
    ///
    /// That pays where submitting a job costs more than a small call, as it does where calls leave
    /// this process.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Tuning;
    ///
    /// assert!(Tuning::new().prefers_chunks(true).prefers_chunks);
    /// ```
    #[must_use]
    pub const fn prefers_chunks(mut self, prefers: bool) -> Self {
        self.prefers_chunks = prefers;
        self
    }

    /// Sets whether the executor can split a chunk that a worker has begun.
    ///
    /// If it cannot, a `map` that chooses its chunk sizes makes no chunk longer than the measured
    /// cost of its calls allows.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Tuning;
    ///
    /// assert!(Tuning::new().splits_chunks(true).splits_chunks);
    /// ```
    #[must_use]
    pub const fn splits_chunks(mut self, splits: bool) -> Self {
        self.splits_chunks = splits;
        self
    }

    /// Sets whether futures record when calls were submitted, started and finished, for
    /// [`Future::times`](crate::Future::times).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Tuning;
    ///
    /// assert!(Tuning::new().records_times(true).records_times);
    /// ```
    #[must_use]
    pub const fn records_times(mut self, records: bool) -> Self {
        self.records_times = records;
        self
    }
}
