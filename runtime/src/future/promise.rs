//! The worker's end of a result, for programs that bring their own workers.

use std::{fmt, marker::PhantomData};

use super::{debug, handle::Future};
use crate::{
    cell::{CallerEnd, CellRef, Outcome, Placement, current},
    error::TaskError,
    task::{Options, Task},
    unwind, worker_context,
};

/// The worker's end of a [`Future`]: gives it its outcome.
///
/// Each method that gives the outcome consumes the promise. A promise that is dropped fails its
/// future with [`is_worker_lost`](TaskError::is_worker_lost), so that no waiter waits for ever.
///
/// # Examples
///
/// ```
/// use concurrent_futures::Promise;
///
/// let (mut promise, future) = Promise::new();
/// let worker = std::thread::spawn(move || {
///     if promise.start() {
///         promise.run(|| 6 * 7);
///     }
/// });
/// assert_eq!(future.result()?, 42);
/// worker.join().expect("the worker does not panic");
/// # Ok::<(), concurrent_futures::TaskError>(())
/// ```
#[doc(alias("oneshot", "set_result", "CompletableFuture"))]
#[must_use = "a promise that is dropped fails its future"]
pub struct Promise<T> {
    cell: CellRef,
    started: bool,
    output: PhantomData<fn(T)>,
}

/// The call in a promise's cell; it is never run.
struct NoCall<T>(PhantomData<fn() -> T>);

impl<T: Send + 'static> Task for NoCall<T> {
    type Output = T;

    fn name() -> &'static str {
        "promise"
    }

    fn run(self) -> T {
        unreachable!("a promise has no call that could be run")
    }
}

impl<T: Send + 'static> Promise<T> {
    /// Makes a promise and its future.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (promise, future) = Promise::new();
    /// promise.run(|| 6 * 7);
    /// assert_eq!(future.result()?, 42);
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn new() -> (Self, Future<T>) {
        Self::with(Options::new())
    }

    /// Makes a promise and its future, with a name for the call.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (promise, future) = Promise::named("answer");
    /// assert_eq!(future.name(), "answer");
    /// promise.run(|| 6 * 7);
    /// assert_eq!(future.result()?, 42);
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn named(name: impl Into<String>) -> (Self, Future<T>) {
        Self::with(Options::new().name(name))
    }

    fn with(options: Options) -> (Self, Future<T>) {
        let placement = Placement {
            executor: None,
            options,
            records_times: false,
        };
        let (end, cell) = CallerEnd::pair(NoCall(PhantomData), placement);
        (
            Self {
                cell,
                started: false,
                output: PhantomData,
            },
            Future { end },
        )
    }

    /// Marks the call as running, so that it can no more be cancelled.
    ///
    /// Returns false if the call was cancelled before; do not run it then.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (mut promise, future) = Promise::<u8>::new();
    /// assert!(promise.start());
    /// assert!(future.running() && !future.cancel());
    ///
    /// let (mut promise, future) = Promise::<u8>::new();
    /// assert!(future.cancel());
    /// assert!(!promise.start());
    /// ```
    pub fn start(&mut self) -> bool {
        if !self.started && self.cell.claim().is_some() {
            // The thread that starts the call here need not be the thread that finishes it: it may
            // even be the one that waits for it.
            self.cell.unmark_runner();
            self.started = true;
        }
        self.started
    }

    /// Gives the future its outcome; starts the call first if needed.
    ///
    /// Done-callbacks run before this returns. The exception is a deep nest of callbacks, each of
    /// which finishes the next call: past 64 KiB of stack they are deferred until the outermost
    /// callback has returned, or this thread waits. An `Err` in the value of a
    /// `Promise<Result<_, _>>` is not a failure; see [`try_finish`](Promise::try_finish).
    ///
    /// # Errors
    ///
    /// The outcome, if the call was cancelled before.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Promise, TaskError};
    ///
    /// let (promise, future) = Promise::new();
    /// promise.finish(Ok(42)).expect("it was not cancelled");
    /// assert_eq!(future.result()?, 42);
    ///
    /// let (promise, future) = Promise::<u8>::new();
    /// promise.finish(Err(TaskError::worker_lost("robot is out of power"))).expect("as above");
    /// assert!(future.result().unwrap_err().is_worker_lost());
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn finish(mut self, outcome: Result<T, TaskError>) -> Result<(), Result<T, TaskError>> {
        if !self.start() {
            return Err(outcome);
        }
        self.settle(outcome, false);
        Ok(())
    }

    /// Runs `work` and gives the future its value, or its panic.
    ///
    /// Does not run `work` if the call was cancelled. Done-callbacks run on this thread before this
    /// returns. An `Err` that `work` returns is a value and not a failure; see
    /// [`try_run`](Promise::try_run).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (promise, future) = Promise::new();
    /// promise.run(|| "42".len());
    /// assert_eq!(future.result()?, 2);
    ///
    /// let (promise, future) = Promise::<u8>::new();
    /// promise.run(|| panic!("no"));
    /// assert!(future.result().unwrap_err().is_panicked());
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn run(mut self, work: impl FnOnce() -> T) {
        self.run_judged(work, |_| false);
    }

    fn run_judged(&mut self, work: impl FnOnce() -> T, failed: impl FnOnce(&T) -> bool) {
        if !self.start() {
            return unwind::contain("dropping a closure", || drop(work));
        }
        self.cell.mark_runner(worker_context::logical_thread());
        let outcome = {
            let _current = current::enter(&self.cell);
            unwind::catch(work)
        };
        let failed = outcome.as_ref().is_ok_and(failed);
        self.settle(
            outcome.map_err(|error| error.of_task(self.cell.name())),
            failed,
        );
    }

    fn settle(&mut self, outcome: Outcome<T>, failed: bool) {
        self.started = false;
        // For the callbacks, which may not wait for their own future.
        self.cell.mark_runner(worker_context::logical_thread());
        // SAFETY: `start` claimed the call, whose slot still holds the `NoCall`
        // of `with`; `started` is false from here on, so this happens once.
        let claimed = unsafe { self.cell.claimed() };
        // SAFETY: the output is a `T`, as `with` made it.
        unsafe { claimed.put(outcome, failed) }.settle();
    }
}

impl<T: Send + 'static, E: Send + 'static> Promise<Result<T, E>> {
    /// Gives the future a result whose `Err` counts as a failure, as the `Err` of a task does.
    ///
    /// [`wait`](crate::wait) for the first exception returns at a failure, and
    /// [`try_result`](Future::try_result) takes the result apart. With [`finish`](Self::finish) an
    /// `Err` is a value like any other. Starts the call first if needed. Done-callbacks run before
    /// this returns.
    ///
    /// # Errors
    ///
    /// The result, if the call was cancelled before.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Failure, Promise, ReturnWhen, wait};
    ///
    /// let (promise, failed) = Promise::<Result<u8, String>>::new();
    /// let (_other, pending) = Promise::new();
    /// promise.try_finish(Err("out of paper".to_owned())).expect("it was not cancelled");
    ///
    /// let split = wait([&failed, &pending], ReturnWhen::FirstException, None);
    /// assert_eq!((split.done.len(), split.not_done.len()), (1, 1));
    /// assert!(matches!(failed.try_result(), Err(Failure::Returned(_))));
    /// ```
    pub fn try_finish(mut self, result: Result<T, E>) -> Result<(), Result<T, E>> {
        if !self.start() {
            return Err(result);
        }
        let failed = result.is_err();
        self.settle(Ok(result), failed);
        Ok(())
    }

    /// Runs `work`, whose `Err` counts as a failure, and gives the future its result or its panic.
    ///
    /// Does not run `work` if the call was cancelled. Done-callbacks run on this thread before this
    /// returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Failure, Promise};
    ///
    /// let (promise, future) = Promise::new();
    /// promise.try_run(|| "1x".parse::<u8>());
    /// assert!(matches!(future.try_result(), Err(Failure::Returned(_))));
    /// ```
    pub fn try_run(mut self, work: impl FnOnce() -> Result<T, E>) {
        self.run_judged(work, Result::is_err);
    }
}

impl<T> Promise<T> {
    /// Returns true if an abort has asked the running task to stop.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (mut promise, future) = Promise::<u8>::new();
    /// promise.start();
    /// assert!(!promise.should_stop());
    /// future.abort();
    /// assert!(promise.should_stop());
    /// ```
    #[must_use]
    pub fn should_stop(&self) -> bool {
        self.cell.state.load().is_stopping()
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        let lost = TaskError::worker_lost("promise was dropped");
        if self.started {
            self.cell.mark_runner(worker_context::logical_thread());
            // SAFETY: as in `settle`.
            unsafe { self.cell.claimed() }.fail(lost).settle();
        } else {
            self.cell.fail(lost);
        }
    }
}

impl<T> fmt::Debug for Promise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug::describe("Promise", &self.cell, f)
    }
}
