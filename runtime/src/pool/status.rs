//! How a pool is, and waiting until it has nothing to do: for pools that are shared.

use std::time::Duration;

use super::Pool;
use crate::{error::TaskError, executor::StillBusy};

impl Pool {
    /// Whether the pool was closed: it takes no more calls.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.inside.is_closed()
    }

    /// Whether the executor inside is broken, as far as it is known here: of another's executor it is not.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken().is_some()
    }

    /// What every call fails with if the executor inside is broken, as far as it is known here.
    #[must_use]
    pub fn broken(&self) -> Option<TaskError> {
        self.inside.broken()
    }

    /// Waits until no call is pending or running.
    ///
    /// Calls that others submit meanwhile are waited for too. On the executor's own threads it does not wait.
    /// [`Inline`](crate::Inline) has no call that is left, and what another's executor has is not known here: that
    /// is not waited for.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn half(n: u64) -> u64 { n / 2 }
    ///
    /// let pool: Pool = "threads".parse()?;
    /// let future = half::submit(&pool, 8);
    /// pool.wait_idle();
    /// assert!(future.done() && !pool.is_closed() && !pool.is_broken());
    /// # Ok::<(), concurrent_futures::PoolError>(())
    /// ```
    pub fn wait_idle(&self) {
        self.inside.wait_idle();
    }

    /// Waits at most for `limit` until no call is pending or running. A limit of zero only looks.
    ///
    /// Otherwise as [`wait_idle`](Self::wait_idle).
    ///
    /// # Errors
    ///
    /// [`StillBusy`] says what was left; it goes on.
    pub fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy> {
        self.inside.wait_idle_timeout(limit)
    }
}
