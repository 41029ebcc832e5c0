//! Shutting down a pool, in several ways.
//!
//! ```text
//!                       threads, stealing, processes inline, custom executor
//!   close               the executor accepts no more the pool forwards no more
//!   cancel_pending      cancels                      0: it knows of none
//!   shutdown, drop      waits for all                drops the executor
//!   shutdown_cancelling cancels, waits for the rest  drops the executor
//!   shutdown_detached   does not wait                drops the executor
//!   shutdown_timeout    waits at most for `limit`    drops the executor
//! ```
//!
//! The executor trait has no shutdown, so that an implementation needs a single method; the
//! author of a custom executor decides what dropping it does. `Inline` has no calls left then.

use std::time::Duration;

use super::Pool;
use crate::executor::StillBusy;

impl Pool {
    /// Closes the pool: it accepts no more calls; submitted calls still run. Does not wait.
    ///
    /// Later calls fail with [`is_rejected`](crate::TaskError::is_rejected), whatever the
    /// executor. For shared pools; closing twice has no effect.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn half(n: u64) -> u64 { n / 2 }
    ///
    /// for name in ["inline", "threads:1"] {
    ///     let pool: Pool = name.parse()?;
    ///     let before = half::submit(&pool, 8);
    ///     pool.close();
    ///     assert!(half::submit(&pool, 2).result().unwrap_err().is_rejected());
    ///     assert_eq!(before.result()?, 4);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn close(&self) {
        self.inside.close();
    }

    /// Cancels the pending calls and returns their number.
    ///
    /// Their callbacks run on this thread, before this returns. A call on
    /// [`Inline`](crate::Inline) is never pending. The pool does not know the pending calls of
    /// a custom executor: these still run and are not counted; their futures can be cancelled
    /// one by one.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn half(n: u64) -> u64 { n / 2 }
    ///
    /// let pool: Pool = "threads:1".parse()?;
    /// let futures: Vec<_> = (0..100).map(|n| half::submit(&pool, n)).collect();
    /// let cancelled = pool.cancel_pending();
    /// assert_eq!(futures.iter().filter(|future| future.cancelled()).count(), cancelled);
    /// # Ok::<(), concurrent_futures::PoolError>(())
    /// ```
    pub fn cancel_pending(&self) -> usize {
        self.inside.cancel_pending()
    }

    /// Shuts down the pool: refuses new calls, and blocks until all submitted calls have run.
    ///
    /// Dropping the pool does the same. A custom executor is dropped; its author decides whether
    /// that waits. In async code call [`shutdown_detached`](Self::shutdown_detached), or do this on
    /// a thread that may block.
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
    /// pool.shutdown();
    /// assert!(future.done());
    /// # Ok::<(), concurrent_futures::PoolError>(())
    /// ```
    #[rustfmt::skip] // The compiler shows this line to a caller who shares the pool.
    pub fn shutdown(self) { // `close()` ends a pool that is shared
        drop(self);
    }

    /// Shuts down the pool: cancels the pending calls, and blocks until the running ones have
    /// ended.
    ///
    /// Returns the number of cancelled calls. A custom executor is dropped, without a cancel: see
    /// [`cancel_pending`](Self::cancel_pending).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn half(n: u64) -> u64 { n / 2 }
    ///
    /// let pool: Pool = "threads:1".parse()?;
    /// let futures: Vec<_> = (0..100).map(|n| half::submit(&pool, n)).collect();
    /// let cancelled = pool.shutdown_cancelling();
    /// assert_eq!(futures.iter().filter(|future| future.cancelled()).count(), cancelled);
    /// # Ok::<(), concurrent_futures::PoolError>(())
    /// ```
    #[doc(alias = "cancel_futures")]
    pub fn shutdown_cancelling(self) -> usize {
        self.close();
        self.cancel_pending()
    }

    /// Shuts down the pool without waiting: submitted calls run to their end.
    ///
    /// They do so even after `main` has returned, if it has the attribute
    /// [`#[concurrent_futures::main]`](macro@crate::main). A custom executor is dropped; this
    /// blocks if its drop does.
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
    /// pool.shutdown_detached();
    /// assert_eq!(future.result()?, 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn shutdown_detached(self) {
        self.inside.shutdown_detached();
    }

    /// Shuts down the pool, and waits at most for `limit` until all submitted calls have run.
    ///
    /// A custom executor is dropped, which may take longer; the pool does not know the calls
    /// that it left, so these are no error.
    ///
    /// # Errors
    ///
    /// [`StillBusy`] tells how many calls were left. They run on, as after
    /// [`shutdown_detached`](Self::shutdown_detached).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let pool: Pool = "threads".parse()?;
    /// pool.shutdown_timeout(Duration::from_secs(5))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn shutdown_timeout(self, limit: Duration) -> Result<(), StillBusy> {
        self.inside.shutdown_timeout(limit)
    }
}
