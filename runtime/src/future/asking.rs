//! Methods of a future that never block.

use super::{canceller::Canceller, handle::Future};
use crate::{
    cell::{Clock, Times},
    error::TaskError,
    id::CallId,
};

impl<T> Future<T> {
    /// Returns true if the call has ended: with a value, a failure, or by a cancel.
    ///
    /// The value is available a moment later, when the done-callbacks have run.
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
    #[doc(alias("is_done", "is_finished"))]
    #[must_use]
    pub fn done(&self) -> bool {
        self.cell().state.load().is_done()
    }

    /// Returns true while a worker runs the task.
    ///
    /// A call in a queue, or in a worker's inbox, does not run.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (mut promise, future) = Promise::new();
    /// assert!(!future.running());
    /// promise.start();
    /// assert!(future.running());
    /// promise.run(|| 7);
    /// assert!(!future.running() && future.done());
    /// ```
    #[doc(alias = "is_running")]
    #[must_use]
    pub fn running(&self) -> bool {
        self.cell().is_running()
    }

    /// Returns true if the call was cancelled: before it ran, or by an [`abort`](Self::abort) that
    /// ended its worker.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (_promise, future) = Promise::<u8>::new();
    /// assert!(!future.cancelled());
    /// future.cancel();
    /// assert!(future.cancelled() && future.done());
    /// ```
    #[doc(alias = "is_cancelled")]
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.cell().state.load().is_cancelled()
    }

    /// Cancels the call if no worker has started it; returns true if it is cancelled now.
    ///
    /// A cancelled call never runs. Before this returns, its done-callbacks run on this thread, its
    /// arguments are dropped, and all its waiters wake up.
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

    /// Cancels the call even if it runs: kills its worker process, or asks the task to stop.
    ///
    /// Returns true if the call is cancelled, or will be in a moment, or its task was asked to
    /// stop; false if it has ended otherwise. Never blocks.
    ///
    /// In a worker process the running call is cancelled for certain: the worker is killed, and no
    /// other call suffers. On a thread cancellation is cooperative:
    /// [`should_stop`](crate::should_stop) turns true, and the task may return early.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{ThreadPool, should_stop};
    /// use std::sync::mpsc::channel;
    ///
    /// let pool = ThreadPool::new();
    /// let (started, has_started) = channel();
    /// let future = pool.spawn(move || {
    ///     let _ = started.send(());
    ///     while !should_stop() {
    ///         std::thread::yield_now();
    ///     }
    ///     "stopped early"
    /// });
    /// has_started.recv()?;
    /// assert!(future.abort());
    /// assert_eq!(future.result()?, "stopped early");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("kill", "stop"))]
    pub fn abort(&self) -> bool {
        self.cell().abort()
    }

    /// Makes a handle that cancels this call from another thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::Promise;
    ///
    /// let (_promise, future) = Promise::<u32>::new();
    /// let canceller = future.canceller();
    /// let waiter = std::thread::spawn(move || future.result());
    /// assert!(canceller.cancel());
    /// let error = waiter.join().expect("the waiter does not panic").unwrap_err();
    /// assert!(error.is_cancelled());
    /// ```
    #[doc(alias("abort_handle", "CancellationToken"))]
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller::new(self.cell().clone())
    }

    /// Adds a callback that is called with the outcome when the call has ended.
    ///
    /// Each callback runs once, in the order in which they were added, on the thread that ends the
    /// call: a worker, or the thread that cancels. If the value is available already, the callback
    /// runs at once on this thread; if earlier callbacks still run, it follows them on their
    /// thread. A panic of a callback is logged (see the [`log`] crate), and the others still run. A
    /// callback may submit, cancel, wait for other futures, or shut a pool down; waiting for its
    /// own future is an error.
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
    #[doc(alias("then", "on_complete"))]
    pub fn add_done_callback<F>(&self, callback: F)
    where
        F: FnOnce(Result<&T, TaskError>) + Send + 'static,
        T: 'static,
    {
        self.end.add_callback(callback);
    }

    /// Returns the id of the call.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let (one, two) = (pool.spawn(|| 1), pool.spawn(|| 2));
    /// assert_ne!(one.id(), two.id());
    /// println!("waiting for call {}", one.id());
    /// ```
    #[must_use]
    pub fn id(&self) -> CallId {
        self.cell().id
    }

    /// Returns the name of the call, or of its task if the call has none of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn half(n: u32) -> u32 { n / 2 }
    ///
    /// let pool = ThreadPool::new();
    /// assert!(half::submit(&pool, 8).name().ends_with("half")); // with its modules
    /// let named = pool.submit_with(half { n: 8 }, Options::new().name("half of eight"));
    /// assert_eq!(named.name(), "half of eight");
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        self.cell().name()
    }

    /// Returns when the call was submitted, started and finished, if its executor records times.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::builder().record_times(true).build()?;
    /// let future = pool.spawn(|| 1 + 1);
    /// future.get()?;
    /// let times = future.times().expect("the pool records them");
    /// assert!(times.started() >= Some(times.submitted()));
    ///
    /// let pool = ThreadPool::new();
    /// assert!(pool.spawn(|| 1 + 1).times().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn times(&self) -> Option<Times> {
        self.cell().extras.clock().map(Clock::read)
    }
}
