//! The caller's end of a call, and the ways to block for its result.

use crate::{
    cell::{CallerEnd, CellRef, Placement, Unsettled},
    error::{Failure, TaskError},
    task::{Task, Wire},
};

/// A handle to the result of a call: the caller's end of it.
///
/// Dropping a future detaches it: the call still runs. [`cancel`](Future::cancel) ends a call that
/// has not started. A future can be awaited in any async runtime, and then gives what
/// [`result`](Future::result) gives.
///
/// A worker that waits for a pending call of its own executor runs that call itself, so nested
/// waits do not deadlock. Two tasks that wait for one another in a circle do, and so does `.await`
/// under a `block_on` in a task.
///
/// # Examples
///
/// ```
/// use concurrent_futures::ThreadPool;
///
/// let pool = ThreadPool::new();
/// let future = pool.spawn(|| 6 * 7);
/// assert_eq!(future.result()?, 42);
/// # Ok::<(), concurrent_futures::TaskError>(())
/// ```
#[doc(alias = "JoinHandle")]
#[must_use = "a future that is dropped leaves its call running, and its errors unseen; \
              call `result`, or `detach` to say so"]
pub struct Future<T> {
    pub(super) end: CallerEnd<T>,
}

/// Makes a pending call: its future, and the cell reference for its job.
#[inline]
pub(crate) fn pair<T: Task>(call: T, placement: Placement) -> (Future<T::Output>, CellRef) {
    let (end, job) = CallerEnd::pair(call, placement);
    (Future { end }, job)
}

/// As [`pair`], for a call that can go to another process.
pub(crate) fn pair_remote<T: Wire>(call: T, placement: Placement) -> (Future<T::Output>, CellRef) {
    let (end, job) = CallerEnd::pair_remote(call, placement);
    (Future { end }, job)
}

impl<T> Future<T> {
    /// Blocks until the call has ended, and takes its result.
    ///
    /// Returns when its done-callbacks have run, too. In async code write `future.await`, which
    /// gives the same and blocks no thread.
    ///
    /// # Errors
    ///
    /// The [`TaskError`] says why there is no value: the call was cancelled, the task panicked, the
    /// executor could not run it, or this thread itself runs the call, so that waiting would
    /// deadlock.
    ///
    /// # Panics
    ///
    /// If awaiting `&mut future` has taken the value before.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.spawn(|| "done".to_owned());
    /// assert_eq!(future.result()?, "done");
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    #[doc(alias("join", "block_on", "wait"))]
    #[rustfmt::skip] // The compiler shows this line to a second caller.
    pub fn result(self) -> Result<T, TaskError> { // `get` lends it, `shared` lets all clone it
        self.cell()
            .wait_settled(None)
            .map_err(Unsettled::into_error)?;
        self.end.take()
    }

    /// Blocks until the call has ended, and lends its result.
    ///
    /// For a result that is read more than once. In async code write `(&future).await`.
    ///
    /// # Errors
    ///
    /// As for [`result`](Self::result).
    ///
    /// # Panics
    ///
    /// As for [`result`](Self::result).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.spawn(|| vec![1, 2, 3]);
    /// assert_eq!(future.get()?.len(), 3);
    /// assert_eq!(future.get()?.first(), Some(&1));
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn get(&self) -> Result<&T, TaskError> {
        self.cell()
            .wait_settled(None)
            .map_err(Unsettled::into_error)?;
        self.end.lend()
    }

    /// Lends the result if the call has ended. Never blocks.
    ///
    /// # Panics
    ///
    /// As for [`result`](Self::result).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Inline, prelude::*};
    ///
    /// #[task]
    /// fn half(n: u32) -> u32 { n / 2 }
    ///
    /// let future = half::submit(&Inline, 8);
    /// assert!(matches!(future.peek(), Some(Ok(4))));
    /// ```
    #[must_use]
    pub fn peek(&self) -> Option<Result<&T, TaskError>> {
        self.cell()
            .state
            .load()
            .is_settled()
            .then(|| self.end.lend())
    }

    /// Blocks until the call has ended, and returns its error if it has no value.
    ///
    /// That is the error of [`result`](Self::result). An `Err` that the task returned is a value;
    /// [`failure`](Self::failure) returns that too. In async code write `(&future).await.err()`.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// assert!(pool.spawn(|| 1).exception().is_none());
    /// let error = pool.spawn(|| -> u8 { panic!("no") }).exception();
    /// assert!(error.is_some_and(|error| error.is_panicked()));
    /// ```
    #[must_use]
    pub fn exception(&self) -> Option<TaskError> {
        self.get().err()
    }

    /// Detaches the call: it runs, and its outcome is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// pool.spawn(|| println!("sooner or later")).detach();
    /// ```
    #[doc(alias = "forget")]
    pub fn detach(self) {}

    pub(crate) fn cell(&self) -> &CellRef {
        self.end.cell()
    }
}

impl<T, E> Future<Result<T, E>> {
    /// Blocks until the call has ended, and takes the result of a task that returns a [`Result`].
    ///
    /// In async code write `future.await??`, or `future.await?` for the `Result` of the task.
    ///
    /// # Errors
    ///
    /// [`Failure::Returned`] with the `Err` that the task returned, or [`Failure::Task`] if the
    /// task did not return.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Failure, ThreadPool};
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.try_spawn(|| "12".parse::<u8>());
    /// assert_eq!(future.try_result()?, 12);
    /// let future = pool.try_spawn(|| "1x".parse::<u8>());
    /// assert!(matches!(future.try_result(), Err(Failure::Returned(_))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_result(self) -> Result<T, Failure<E>> {
        self.result()?.map_err(Failure::Returned)
    }

    /// Blocks until the call has ended, and lends its failure: the task's own `Err`, or the error
    /// of a task that did not return.
    ///
    /// That is the error of [`try_result`](Self::try_result). Blocks like [`result`](Self::result).
    ///
    /// # Panics
    ///
    /// As for [`result`](Self::result).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Failure, ThreadPool};
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.try_spawn(|| "1x".parse::<u8>());
    /// assert!(matches!(future.failure(), Some(Failure::Returned(_))));
    /// assert!(future.exception().is_none());
    ///
    /// let future = pool.try_spawn(|| -> Result<u8, String> { panic!("no") });
    /// assert!(matches!(future.failure(), Some(Failure::Task(error)) if error.is_panicked()));
    /// assert!(future.exception().is_some());
    /// ```
    #[must_use]
    pub fn failure(&self) -> Option<Failure<&E>> {
        match self.get() {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(Failure::Returned(error)),
            Err(error) => Some(Failure::Task(error)),
        }
    }
}
