//! The end of a pool, in its variants.
//!
//! ```text
//!                       threads, stealing, processes inline, another's
//!   close               the executor takes no more   the pool hands no more on
//!   cancel_pending      cancels                      0: it knows of none
//!   shutdown, drop      waits for all                drops the executor
//!   shutdown_cancelling cancels, waits for the rest  drops the executor
//!   shutdown_detached   does not wait                drops the executor
//!   shutdown_timeout    waits so long                drops the executor
//! ```
//!
//! The trait of executors has no end, so that writing one takes a single method; what another's executor does when it is
//! dropped is up to its author. `Inline` has nothing left to do by then.

use std::time::Duration;

use super::Pool;
use crate::executor::StillBusy;

impl Pool {
    /// Takes no more calls; those submitted still run. Does not wait.
    ///
    /// Later calls fail with [`is_rejected`](crate::TaskError::is_rejected), whatever the executor. For pools that are
    /// shared; closing twice is harmless.
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

    /// Cancels the calls that no worker has started; says how many.
    ///
    /// Their callbacks run on this thread, before this returns. A call on [`Inline`](crate::Inline) is never pending.
    /// What is pending in another's executor is not known here: that goes on, and does not count; its futures can be
    /// cancelled one by one.
    #[expect(clippy::must_use_candidate, reason = "cancelling is the point")]
    pub fn cancel_pending(&self) -> usize {
        self.inside.cancel_pending()
    }

    /// Takes no more calls, and waits until all that were submitted have run.
    ///
    /// Another's executor is dropped, and it is its author who says whether that waits.
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
    pub fn shutdown(self) {
        drop(self);
    }

    /// Takes no more calls, cancels those that no worker has started, and waits for the running ones. Says how many
    /// were cancelled.
    ///
    /// Another's executor is dropped, after [`cancel_pending`](Self::cancel_pending) has had nothing to cancel.
    #[expect(clippy::must_use_candidate, reason = "cancelling is the point")]
    pub fn shutdown_cancelling(self) -> usize {
        self.close();
        self.cancel_pending()
    }

    /// Takes no more calls, and leaves those that were submitted to themselves. Does not block.
    ///
    /// They run to their end even if the program leaves `main` before, where that carries
    /// [`#[concurrent_futures::main]`](macro@crate::main). Another's executor is dropped; this blocks if that does.
    pub fn shutdown_detached(self) {
        self.inside.shutdown_detached();
    }

    /// Takes no more calls, and waits at most for `limit` until all have run.
    ///
    /// Another's executor is dropped, however long that takes; what it left is not known here, and no error.
    ///
    /// # Errors
    ///
    /// [`StillBusy`] says what was left. It is left to itself, as by [`shutdown_detached`](Self::shutdown_detached).
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
