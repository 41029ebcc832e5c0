//! The end of a pool, in its variants.
//!
//! ```text
//!                       new calls   pending calls   waits
//!   close               refused     run             no
//!   shutdown, drop      refused     run             until all is done
//!   shutdown_detached   refused     run             no
//!   shutdown_timeout    refused     run             for `limit`; returns what is left
//!   shutdown_cancelling refused     cancelled       for the running calls
//! ```
//!
//! On one of the pool's own workers, and on a thread that runs a callback of its calls, nothing
//! waits, since the pool may be waiting for that thread. The rest is done all the same.

use std::time::Duration;

use super::{WorkStealingPool, handle::StealingHandle};
use crate::{
    executor::StillBusy,
    exit::Drain,
    future::waiting,
    pool_common::{join_others, lifecycle::WaitForCalls},
};

impl WorkStealingPool {
    /// Takes no more calls, and waits until all that were submitted have run.
    ///
    /// On one of the pool's own threads (in a task or a callback) it does not wait; the rest is
    /// done all the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::WorkStealingPool;
    ///
    /// let pool = WorkStealingPool::new()?;
    /// let future = pool.spawn(|| 1);
    /// pool.shutdown();
    /// assert!(future.done());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn shutdown(self) {
        drop(self);
    }

    /// Takes no more calls, cancels those that no worker has started, and waits for the running
    /// ones. Returns how many were cancelled.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::WorkStealingPool;
    ///
    /// let pool = WorkStealingPool::builder().workers(1).build()?;
    /// let futures: Vec<_> = (0..100).map(|n| pool.spawn(move || n)).collect();
    /// let cancelled = pool.shutdown_cancelling();
    /// assert_eq!(futures.iter().filter(|future| future.cancelled()).count(), cancelled);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[expect(clippy::must_use_candidate, reason = "cancelling is the point")]
    pub fn shutdown_cancelling(self) -> usize {
        self.close();
        self.cancel_pending()
    }

    /// Takes no more calls, and leaves those that were submitted to themselves. Does not block.
    ///
    /// They run to their end even if the program leaves `main` before, where that carries
    /// [`#[concurrent_futures::main]`](macro@crate::main).
    pub fn shutdown_detached(mut self) {
        self.waits = false;
    }

    /// Takes no more calls, and waits at most for `limit` until all have run.
    ///
    /// # Errors
    ///
    /// [`StillBusy`] says how many calls were left. They are left to themselves, as by
    /// [`shutdown_detached`](Self::shutdown_detached).
    pub fn shutdown_timeout(mut self, limit: Duration) -> Result<(), StillBusy> {
        if !self.pool().shared.inbox.origin.is_here() {
            return Ok(());
        }
        self.close();
        let shared = self.pool().shared.clone();
        let limit = shared.limit_here(limit);
        let deadline = waiting::deadline(Some(limit));
        shared
            .wait_for_calls(limit, |limit| shared.wait_until_over(Some(limit)))
            .inspect_err(|_| self.waits = false)?;
        self.pool = None;
        // Closures that tasks have given to rayon may still run; they are left to themselves.
        if shared.have_threads_ended_by(deadline) {
            join_others(std::mem::take(&mut self.threads));
        }
        Ok(())
    }
}

impl Drop for WorkStealingPool {
    fn drop(&mut self) {
        let Some(pool) = self.pool.take() else { return };
        if !pool.shared.inbox.origin.is_here() {
            // In a forked child the threads are those of the parent, and so are the owners of the
            // locks: nothing is freed here.
            std::mem::forget(std::mem::take(&mut self.threads));
            return std::mem::forget(pool);
        }
        pool.close();
        if self.waits && !pool.shared.is_own_thread() {
            pool.shared.wait_until_over(None);
            // Rayon's threads end with the last owner: this one, or a wake job that is ending.
            drop(pool);
            join_others(std::mem::take(&mut self.threads));
        }
    }
}

impl Drain for StealingHandle {
    fn drain(&self) -> bool {
        let is_here = self.shared.inbox.origin.is_here();
        if !is_here || self.shared.is_own_thread() || self.shared.is_over() {
            return false;
        }
        self.shared.wait_until_over(None)
    }

    fn leave(&self) {
        self.shared.inbox.note_left();
        self.close();
    }
}
