//! How a pool is, and waiting until it has nothing to do: for pools that are shared.

use std::{sync::mpsc::channel, time::Duration};

use super::{ProcessPool, pool::Shared, scheduler::Completion};
use crate::{error::TaskError, executor::StillBusy};

impl ProcessPool {
    /// Whether the pool was closed: it takes no more calls.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.pool.scheduler().is_closed()
    }

    /// Whether the pool is broken: its initializer failed, or no worker can be had, and it runs nothing any more.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken().is_some()
    }

    /// What every call fails with if the pool is broken.
    #[must_use]
    pub fn broken(&self) -> Option<TaskError> {
        self.pool.scheduler().broken()
    }

    /// Waits until no call is pending or running.
    ///
    /// Calls that others submit meanwhile are waited for too, so with a pool that is shared, [`close`](Self::close) it
    /// before, or wait for the moment in which none is left. In a callback of one of the pool's calls it does not wait.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn double(n: u64) -> u64 { n * 2 }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).build()?;
    ///     let future = double::submit(&pool, 21);
    ///     pool.wait_idle();
    ///     assert!(future.done() && !pool.is_closed() && !pool.is_broken());
    ///     Ok(())
    /// }
    /// ```
    pub fn wait_idle(&self) {
        if !self.pool.is_own_thread() {
            self.pool.wait_until_idle(None);
            self.pool.wait_until_told();
        }
    }

    /// Waits at most for `limit` until no call is pending or running. A limit of zero only looks.
    ///
    /// # Errors
    ///
    /// [`StillBusy`] says what was left; it goes on. In a callback of one of the pool's calls that is found at once.
    pub fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy> {
        let limit = if self.pool.is_own_thread() {
            Duration::ZERO
        } else {
            limit
        };
        if self.pool.wait_until_idle(Some(limit)) {
            self.pool.wait_until_told();
            return Ok(());
        }
        let (running, pending) = self.pool.scheduler().count();
        Err(StillBusy::new(running, pending))
    }
}

/// The pool counts a call as settled in the moment before its outcome can be seen; what else is told before may take its time.
const A_MOMENT: Duration = Duration::from_secs(1);

impl Shared {
    /// Waits until the outcomes of calls that were counted as settled can be seen.
    fn wait_until_told(&self) {
        let (waiter, passed) = channel();
        if !self.is_own_thread() && self.io_threads.add_barrier(Completion::Barrier(waiter)) {
            let _ = passed.recv_timeout(A_MOMENT);
        }
    }
}
