//! The status of a pool, and waiting until it is idle: for pools that are shared.

use std::{sync::mpsc::channel, time::Duration};

use super::{io::shared::Shared, pool::ProcessPool, scheduler::Completion};
use crate::{error::TaskError, executor::StillBusy};

impl ProcessPool {
    /// Whether the pool was closed: it takes no more calls.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.pool.scheduler().is_closed()
    }

    /// Whether the pool is broken: its initializer failed, or no worker can be started, and it runs
    /// no call any more.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken().is_some()
    }

    /// Returns the error that every call fails with if the pool is broken.
    #[must_use]
    pub fn broken(&self) -> Option<TaskError> {
        self.pool.scheduler().broken()
    }

    /// Waits until no call is pending or running.
    ///
    /// Calls that other threads submit meanwhile are waited for too. So [`close`](Self::close) a
    /// pool that is shared before, or wait for a moment without calls. In a callback of one of the
    /// pool's calls it does not wait.
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
            self.pool.wait_until_completed();
        }
    }

    /// Waits until no call is pending or running, at most for `limit`. A limit of zero only checks.
    ///
    /// # Errors
    ///
    /// [`StillBusy`] says what was left; it goes on. In a callback of one of the pool's calls it
    /// returns at once.
    pub fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy> {
        let limit = if self.pool.is_own_thread() {
            Duration::ZERO
        } else {
            limit
        };
        if self.pool.wait_until_idle(Some(limit)) {
            self.pool.wait_until_completed();
            return Ok(());
        }
        let (running, pending) = self.pool.scheduler().count();
        Err(StillBusy::new(running, pending))
    }
}

/// The time limit for completions that are ahead of the barrier: a call counts as settled a moment
/// before its outcome can be seen, but a callback before it may take long.
const A_MOMENT: Duration = Duration::from_secs(1);

impl Shared {
    /// Waits until the outcomes of settled calls can be seen.
    fn wait_until_completed(&self) {
        let (waiter, passed) = channel();
        if !self.is_own_thread() && self.io_threads.add_barrier(Completion::Barrier(waiter)) {
            let _ = passed.recv_timeout(A_MOMENT);
        }
    }
}
