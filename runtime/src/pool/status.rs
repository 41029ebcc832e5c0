//! The status of a pool, and waiting until it is idle.

use std::time::Duration;

use super::Pool;
use crate::{error::TaskError, executor::StillBusy};

impl Pool {
    /// Returns whether the pool was closed: it accepts no more calls.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.inside.is_closed()
    }

    /// Returns whether the executor inside is broken; `false` for a custom executor, of which
    /// that is not known.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken().is_some()
    }

    /// Returns the error that every call fails with if the executor inside is broken, and this
    /// is known.
    #[must_use]
    pub fn broken(&self) -> Option<TaskError> {
        self.inside.broken()
    }

    /// Waits until no call is pending or running.
    ///
    /// Calls that other threads submit meanwhile are waited for, too. On the executor's own
    /// threads this does not wait. Nor does it wait for [`Inline`](crate::Inline), which never
    /// has a call left, or for a custom executor, whose calls the pool does not know.
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

    /// Waits at most for `limit` until no call is pending or running; zero only checks.
    ///
    /// Otherwise as [`wait_idle`](Self::wait_idle).
    ///
    /// # Errors
    ///
    /// [`StillBusy`] tells how many calls were left; they run on.
    pub fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy> {
        self.inside.wait_idle_timeout(limit)
    }
}
