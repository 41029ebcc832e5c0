//! The caller's side of an executor: submitting one call, or many.

use crate::{
    executor::{self, Executor, Full, Reaches, RunsClosures},
    future::Future,
    map::{self, Map, MapError, MapOptions},
    task::{Options, Task},
};

/// Submits calls to an executor; implemented for every [`Executor`].
///
/// `#[task]` adds functions with the same names that take the arguments themselves, as in
/// `pow_mod::submit(&pool, 3, 200, 13)`.
pub trait Submit: Executor {
    /// Submits a call and returns its future.
    ///
    /// The call runs without further action of the caller. Blocks only while a bound on
    /// pending calls is reached. If the executor cannot take the call, its future fails
    /// with [`is_rejected`](crate::TaskError::is_rejected).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn area(width: u32, height: u32) -> u32 { width * height }
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.submit(area { width: 3, height: 4 });
    /// assert_eq!(future.result()?, 12);
    /// # Ok::<(), TaskError>(())
    /// ```
    #[inline]
    fn submit<T: Reaches<Self::Reach>>(&self, call: T) -> Future<T::Output> {
        executor::submit(self, call)
    }

    /// Submits a call with [`Options`]: a name, limits, retries.
    ///
    /// Blocks as [`submit`](Self::submit) does. A call with an option that the executor does
    /// not support fails with [`is_rejected`](crate::TaskError::is_rejected), unless the executor
    /// was told to [skip](crate::ThreadPoolBuilder::skip_unsupported) it.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn area(width: u32, height: u32) -> u32 { width * height }
    ///
    /// let pool = ThreadPool::new();
    /// let named = Options::new().name("the hall");
    /// let future = pool.submit_with(area { width: 3, height: 4 }, named);
    /// assert_eq!(future.name(), "the hall");
    /// ```
    fn submit_with<T: Reaches<Self::Reach>>(&self, call: T, options: Options) -> Future<T::Output> {
        executor::submit_with(self, call, options)
    }

    /// Submits a call if the bound on pending calls is not reached; does not wait.
    ///
    /// # Errors
    ///
    /// [`Full`], which holds the call, if the bound is reached.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    /// use std::sync::mpsc::channel;
    ///
    /// #[task]
    /// fn negate(n: i32) -> i32 { -n }
    ///
    /// let pool = ThreadPool::builder().workers(1).max_pending(1).build()?;
    /// let (go, wait_for_go) = channel();
    /// let (started, has_started) = channel();
    /// let busy = pool.spawn(move || {
    ///     let _ = started.send(());
    ///     wait_for_go.recv().is_ok()
    /// });
    /// has_started.recv()?;
    /// let pending = pool.try_submit(negate { n: 1 })?;
    /// let full = pool.try_submit(negate { n: 2 }).expect_err("one call is pending");
    /// assert_eq!(full.into_call().n, 2);
    /// go.send(())?;
    /// assert!(busy.result()? && pending.result()? == -1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn try_submit<T: Reaches<Self::Reach>>(&self, call: T) -> Result<Future<T::Output>, Full<T>> {
        executor::try_submit(self, call)
    }

    /// Submits a closure; for executors whose calls stay in this process.
    ///
    /// Blocks as [`submit`](Self::submit) does. For executors whose calls may leave the process,
    /// such as [`ProcessPool`](crate::ProcessPool) and [`Pool`](crate::Pool), it does not compile:
    /// a closure cannot become bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let words = vec!["one", "two"];
    /// let future = Inline.spawn(move || words.concat());
    /// assert_eq!(future.result()?, "onetwo");
    /// # Ok::<(), TaskError>(())
    /// ```
    fn spawn<F, T>(&self, closure: F) -> Future<T>
    where
        Self::Reach: RunsClosures,
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        Self::Reach::spawn(self, closure)
    }

    /// Submits a closure whose `Err` counts as a failure.
    ///
    /// Otherwise like [`spawn`](Self::spawn).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let future = Inline.try_spawn(|| "12".parse::<u8>());
    /// assert_eq!(future.try_result()?, 12);
    /// # Ok::<(), Failure<std::num::ParseIntError>>(())
    /// ```
    fn try_spawn<F, T, E>(&self, closure: F) -> Future<Result<T, E>>
    where
        Self::Reach: RunsClosures,
        F: FnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        Self::Reach::try_spawn(self, closure)
    }

    /// Submits all `calls` and returns an iterator over their results, in order.
    ///
    /// The form that `#[task]` adds, `name::map(&pool, inputs, …)`, reads better for the calls
    /// of one task. Blocks only while a bound on pending calls is reached. Inputs that are
    /// known never to end are refused: the only result is then an error that
    /// [`is_rejected`](crate::TaskError::is_rejected).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn area(width: u32, height: u32) -> u32 { width * height }
    ///
    /// let pool = ThreadPool::new();
    /// let calls = [area { width: 1, height: 2 }, area { width: 3, height: 4 }];
    /// assert_eq!(pool.map(calls).into_vec()?, [2, 12]);
    /// # Ok::<(), TaskError>(())
    /// ```
    fn map<I>(&self, calls: I) -> Map<'static, <I::Item as Task>::Output>
    where
        I: IntoIterator,
        I::Item: Reaches<Self::Reach>,
    {
        map::map(self, calls.into_iter())
    }

    /// Submits many calls with [`MapOptions`]: in chunks, through a buffer, with a time
    /// limit, or with results in the order in which calls end.
    ///
    /// Blocks as [`submit`](Self::submit) does, for each call that it submits.
    ///
    /// # Errors
    ///
    /// [`MapError`] if an option is invalid; no call was submitted then.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn area(width: u32, height: u32) -> u32 { width * height }
    ///
    /// let pool = ThreadPool::new();
    /// let calls = (1..=4).map(|width| area { width, height: 2 });
    /// let areas = pool.map_with(MapOptions::new().chunk_size(2), calls)?;
    /// assert_eq!(areas.into_vec()?, [2, 4, 6, 8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn map_with<'a, I>(
        &'a self,
        options: MapOptions,
        calls: I,
    ) -> Result<Map<'a, <I::Item as Task>::Output>, MapError>
    where
        I: IntoIterator,
        I::IntoIter: Send + 'a,
        I::Item: Reaches<Self::Reach>,
    {
        map::map_with(self, &options, calls.into_iter())
    }
}

impl<E: Executor + ?Sized> Submit for E {}
