//! The status of a pool, and waiting until it is idle.

use std::time::Duration;

use super::Pool;
use crate::{error::TaskError, executor::StillBusy};

impl Pool {
    /// Returns whether the pool was closed: it accepts no more calls.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let pool: Pool = "threads".parse()?;
    /// assert!(!pool.is_closed());
    /// pool.close();
    /// assert!(pool.is_closed());
    /// # Ok::<(), concurrent_futures::PoolError>(())
    /// ```
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.inside.is_closed()
    }

    /// Returns whether the executor inside is broken: it runs no more calls.
    ///
    /// `false` for a custom executor, of which that is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{ThreadPool, prelude::*};
    ///
    /// #[task]
    /// fn half(n: u64) -> u64 { n / 2 }
    ///
    /// let threads = ThreadPool::builder().try_initializer(|| Err("no licence")).build()?;
    /// let pool = Pool::from(threads);
    /// assert!(half::submit(&pool, 8).result().is_err() && pool.is_broken());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken().is_some()
    }

    /// Returns the error that every call fails with, if the executor inside is broken.
    ///
    /// `None` for a custom executor, of which that is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn half(n: u64) -> u64 { n / 2 }
    ///
    /// let threads = ThreadPool::builder().try_initializer(|| Err("no licence")).build()?;
    /// let pool = Pool::from(threads);
    /// let error = half::submit(&pool, 8).result().unwrap_err();
    /// assert_eq!(pool.broken().map(|error| error.to_string()), Some(error.to_string()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn broken(&self) -> Option<TaskError> {
        self.inside.broken()
    }

    /// Blocks until no call is pending or running.
    ///
    /// Calls that other threads submit meanwhile are waited for, too. On the executor's own
    /// threads this does not wait. Nor does it wait for [`Inline`](crate::Inline), which never
    /// has a call left, or for a custom executor, whose calls the pool does not know. In async code
    /// await the futures.
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

    /// Blocks until no call is pending or running, at most for `limit`; zero only checks.
    ///
    /// Otherwise as [`wait_idle`](Self::wait_idle).
    ///
    /// # Errors
    ///
    /// [`StillBusy`] tells how many calls were left; they run on.
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
    /// pool.wait_idle_timeout(Duration::from_secs(60))?;
    /// assert!(future.done());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy> {
        self.inside.wait_idle_timeout(limit)
    }
}
