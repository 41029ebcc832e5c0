//! How a pool is, and waiting until it has nothing to do: for pools that are shared.

use std::time::Duration;

use super::{WorkStealingPool, serve_state::CLOSED};
use crate::{error::TaskError, executor::StillBusy};

impl WorkStealingPool {
    /// Whether the pool was closed: it takes no more calls.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.pool().shared.serve_state.is(CLOSED)
    }

    /// Whether the pool is broken: its initializer failed, and it runs nothing any more.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken().is_some()
    }

    /// What every call fails with if the pool is broken.
    #[must_use]
    pub fn broken(&self) -> Option<TaskError> {
        self.pool().shared.inbox.broken()
    }

    /// Waits until no call is pending or running.
    ///
    /// Calls that others submit meanwhile are waited for too, so with a pool that is shared, [`close`](Self::close) it
    /// before, or wait for the moment in which none is left. On one of the pool's own threads (in a task or a callback) it does not wait.
    ///
    /// What tasks have left to `rayon::spawn` is no call; it may be waited for all the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::WorkStealingPool;
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let pool = Arc::new(WorkStealingPool::new()?);
    /// let future = pool.spawn(|| 1);
    /// pool.wait_idle();
    /// assert!(future.done());
    ///
    /// pool.close();
    /// assert!(pool.is_closed() && pool.wait_idle_timeout(Duration::ZERO).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_idle(&self) {
        let shared = &self.pool().shared;
        if !shared.is_own_thread() {
            shared.wait_until_over(None);
        }
    }

    /// Waits at most for `limit` until no call is pending or running. A limit of zero only looks.
    ///
    /// # Errors
    ///
    /// [`StillBusy`] says what was left; it goes on. On one of the pool's own threads (in a task or a callback) that is found at once.
    pub fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy> {
        let shared = &self.pool().shared;
        let mut limit = if shared.is_own_thread() {
            Duration::ZERO
        } else {
            limit
        };
        while !shared.wait_until_over(Some(limit)) {
            let (running, pending) = (shared.count_running(), shared.inbox.count_pending());
            if running + pending > 0 {
                return Err(StillBusy::new(running, pending));
            }
            if shared.has_no_call() {
                break;
            }
            // Workers with nothing to do are on their way out, or take up a call.
            limit = Duration::from_millis(1);
        }
        Ok(())
    }
}
