//! How a pool is, and waiting until it has nothing to do: for pools that are shared.

use std::time::Duration;

use super::{ThreadPool, shared::ThreadPoolShared, worker_counts::CLOSED};
use crate::{error::TaskError, executor::StillBusy, future::waiting, worker_context};

impl ThreadPool {
    /// Whether the pool was closed: it takes no more calls.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.pool.counts.is(CLOSED)
    }

    /// Whether the pool is broken: its initializer failed, and it runs nothing any more.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken().is_some()
    }

    /// What every call fails with if the pool is broken.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::builder().try_initializer(|| Err("no licence")).build()?;
    /// assert!(pool.spawn(|| 1).result().is_err() && pool.is_broken());
    /// let error = pool.broken().map(|error| error.to_string());
    /// assert_eq!(error.as_deref(), Some("executor is broken: initializer failed: no licence"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn broken(&self) -> Option<TaskError> {
        self.pool.inbox.broken()
    }

    /// Waits until no call is pending or running.
    ///
    /// Calls that others submit meanwhile are waited for too, so with a pool that is shared, [`close`](Self::close) it
    /// before, or wait for the moment in which none is left. On one of the pool's own threads (in a task or a callback) it does not wait.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let pool = Arc::new(ThreadPool::new());
    /// let future = pool.spawn(|| 1);
    /// pool.wait_idle();
    /// assert!(future.done());
    ///
    /// pool.close();
    /// assert!(pool.is_closed() && pool.wait_idle_timeout(Duration::ZERO).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_idle(&self) {
        if !self.pool.is_own_thread() {
            self.pool.is_idle_within(None);
        }
    }

    /// Waits at most for `limit` until no call is pending or running. A limit of zero only looks.
    ///
    /// # Errors
    ///
    /// [`StillBusy`] says what was left; it goes on. On one of the pool's own threads (in a task or a callback) that is found at once.
    pub fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy> {
        let limit = if self.pool.is_own_thread() {
            Duration::ZERO
        } else {
            limit
        };
        self.pool.wait_idle(limit)
    }
}

/// Workers with nothing to do are about to sleep, or take up a call.
const SOON: Duration = Duration::from_millis(1);

impl ThreadPoolShared {
    fn wait_idle(&self, limit: Duration) -> Result<(), StillBusy> {
        let mut limit = limit;
        while !self.is_idle_within(Some(limit)) {
            let (running, pending) = (self.count_running(), self.inbox.count_pending());
            if running + pending > 0 {
                return Err(StillBusy::new(running, pending));
            }
            limit = SOON;
        }
        Ok(())
    }

    /// Waits until all threads sleep and nothing is in the queue; true if so.
    fn is_idle_within(&self, limit: Option<Duration>) -> bool {
        let is_empty = || self.inbox.queue.is_empty();
        worker_context::trampoline::run_deferred();
        let _blocking = worker_context::enter_blocking();
        self.sleepers.watch(waiting::deadline(limit), |asleep| {
            self.counts.is_at_rest(asleep, is_empty)
        })
    }
}
