//! What can be asked of a future, and done to its call, without waiting.

use super::{Canceller, Future, Times, extras::Clock};
use crate::{error::TaskError, id::CallId};

impl<T> Future<T> {
    /// Whether the call has ended: with a value, a failure, or by a cancel.
    ///
    /// The value itself can be had a moment later, when the callbacks have run.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.spawn(|| 1);
    /// future.get()?;
    /// assert!(future.done() && !future.running() && !future.cancelled());
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    #[must_use]
    pub fn done(&self) -> bool {
        self.cell().state.load().is_done()
    }

    /// Whether a worker runs the task at this moment.
    ///
    /// Waiting in a queue, or in a worker's inbox, is not running.
    #[must_use]
    pub fn running(&self) -> bool {
        self.cell().is_running()
    }

    /// Whether the call was cancelled: before it ran, or by an [`abort`](Self::abort) that ended its worker.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.cell().state.load().is_cancelled()
    }

    /// Cancels the call if no worker has started it. True if it is cancelled now.
    ///
    /// A cancelled call never runs. Its callbacks run on this thread, then its arguments
    /// are dropped, before this returns; everybody who waits for it wakes up.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    /// use std::sync::mpsc::channel;
    ///
    /// let pool = ThreadPool::builder().workers(1).build()?;
    /// let (go, wait_for_go) = channel::<()>();
    /// let first = pool.spawn(move || wait_for_go.recv().is_ok());
    /// let second = pool.spawn(|| unreachable!("never runs"));
    /// assert!(second.cancel());
    /// go.send(())?;
    /// assert!(first.result()? && second.result().unwrap_err().is_cancelled());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cancel(&self) -> bool {
        self.cell().cancel()
    }

    /// Cancels the call, even if it runs: ends its worker process, or asks the task to stop.
    ///
    /// True if the call is cancelled, or will be in a moment, or was asked; false if it has ended
    /// otherwise. Does not wait.
    ///
    /// In a process the running call is cancelled for certain: its worker is killed, and no other call
    /// suffers. On a thread the task sees [`should_stop`](crate::should_stop) turn true and may
    /// return early; nothing forces it to.
    pub fn abort(&self) -> bool {
        self.cell().abort()
    }

    /// Makes a handle that can cancel this call from elsewhere.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (promise, future) = Promise::<u32>::new();
    /// let canceller = future.canceller();
    /// let waiter = std::thread::spawn(move || future.result());
    /// assert!(canceller.cancel());
    /// let error = waiter.join().expect("the waiter does not panic").unwrap_err();
    /// assert!(error.is_cancelled());
    /// # drop(promise);
    /// ```
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller::new(self.cell().clone())
    }

    /// Calls `callback` with the outcome when the call has ended.
    ///
    /// Callbacks run once each, in the order they were added, on the thread that
    /// ends the call: a worker, or whoever cancels. If the value can be had
    /// already, it runs at once, on this thread; if earlier callbacks still run, it follows
    /// them on theirs. One that panics is logged (see the
    /// [`log`] crate), and the others still run. A callback may submit, cancel, wait
    /// for other futures, or shut a pool down; waiting for its own future is an error.
    ///
    /// # Panics
    ///
    /// As for [`result`](Self::result).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    /// use std::sync::mpsc::channel;
    ///
    /// let pool = ThreadPool::new();
    /// let (tell, told) = channel();
    /// let future = pool.spawn(|| 3);
    /// future.add_done_callback(move |outcome| {
    ///     let _ = tell.send(outcome.is_ok_and(|n| *n == 3));
    /// });
    /// assert!(told.recv()?);
    /// # Ok::<(), std::sync::mpsc::RecvError>(())
    /// ```
    pub fn add_done_callback<F>(&self, callback: F)
    where
        F: FnOnce(Result<&T, TaskError>) + Send + 'static,
        T: 'static,
    {
        self.end.add_callback(callback);
    }

    /// The call's id.
    #[must_use]
    pub fn id(&self) -> CallId {
        self.cell().id
    }

    /// The call's own name if it was given one, else its task's.
    #[must_use]
    pub fn name(&self) -> &str {
        self.cell().name()
    }

    /// When the call was submitted, started and finished, if its executor records that.
    #[must_use]
    pub fn times(&self) -> Option<Times> {
        self.cell().extras.clock().map(Clock::read)
    }
}
