//! The end of a pool, in its variants.
//!
//! ```text
//!                      new calls   pending ones   waits
//!   close              refused     run            no
//!   shutdown, drop     refused     run            until all is done
//!   shutdown_detached  refused     run            no
//!   shutdown_timeout   refused     run            so long; says what is left
//!   shutdown_cancelling refused    cancelled      for the running ones
//! ```
//!
//! On one of the pool's own workers, and on a thread that runs a callback of its
//! calls, nothing waits: the pool may be waiting for that thread. The rest is done
//! all the same.

use std::time::Duration;

use super::{WorkStealingPool, handle::StealingHandle, threads::join};
use crate::{executor::StillBusy, exit::Drain, future::waiting};

impl WorkStealingPool {
    /// Takes no more calls; those submitted still run. Does not wait.
    ///
    /// Later calls fail with [`is_rejected`](crate::TaskError::is_rejected).
    /// For pools that are shared; closing twice is harmless.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::WorkStealingPool;
    /// use std::sync::Arc;
    ///
    /// let pool = Arc::new(WorkStealingPool::new()?);
    /// let before = pool.spawn(|| 1);
    /// pool.close();
    /// assert!(pool.spawn(|| 2).result().unwrap_err().is_rejected());
    /// assert_eq!(before.result()?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn close(&self) {
        if self.pool().shared.inbox.origin.is_here() {
            self.pool().close();
        }
    }

    /// Cancels the calls that no worker has started; says how many.
    ///
    /// Their callbacks run on this thread, before this returns.
    #[expect(clippy::must_use_candidate, reason = "cancelling is the point")]
    pub fn cancel_pending(&self) -> usize {
        if !self.pool().shared.inbox.origin.is_here() {
            return 0;
        }
        self.pool().shared.inbox.cancel_pending()
    }

    /// Takes no more calls, and waits until all that were submitted have run.
    ///
    /// On one of the pool's own threads (in a task or a callback) it does not wait;
    /// the rest is done all the same.
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

    /// Takes no more calls, cancels those that no worker has started, and waits
    /// for the running ones. Says how many were cancelled.
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
    /// They run to their end even if the program leaves `main` before, where
    /// that carries [`#[concurrent_futures::main]`](macro@crate::main).
    pub fn shutdown_detached(mut self) {
        self.waits = false;
    }

    /// Takes no more calls, and waits at most for `limit` until all have run.
    ///
    /// # Errors
    ///
    /// [`StillBusy`] says what was left. It is left to itself, as by
    /// [`shutdown_detached`](Self::shutdown_detached).
    pub fn shutdown_timeout(mut self, limit: Duration) -> Result<(), StillBusy> {
        if !self.pool().shared.inbox.origin.is_here() {
            return Ok(());
        }
        self.close();
        let shared = self.pool().shared.clone();
        let mut limit = if shared.is_own_thread() {
            Duration::ZERO
        } else {
            limit
        };
        let deadline = waiting::deadline(Some(limit));
        while !shared.wait_until_over(Some(limit)) {
            let (running, pending) = (shared.count_running(), shared.inbox.count_pending());
            if running + pending > 0 {
                self.waits = false;
                return Err(StillBusy::new(running, pending));
            }
            if shared.has_no_call() {
                break;
            }
            // Workers with nothing to do are on their way out, or take up a call.
            limit = Duration::from_millis(1);
        }
        self.pool = None;
        // Closures that tasks have given to rayon may go on; they are left to themselves.
        if shared.have_threads_ended_by(deadline) {
            join(std::mem::take(&mut self.threads));
        }
        Ok(())
    }
}

impl Drop for WorkStealingPool {
    fn drop(&mut self) {
        let Some(pool) = self.pool.take() else { return };
        if !pool.shared.inbox.origin.is_here() {
            // In a forked child: the threads, and who holds which lock, are the parent's business.
            std::mem::forget(std::mem::take(&mut self.threads));
            return std::mem::forget(pool);
        }
        pool.close();
        if self.waits && !pool.shared.is_own_thread() {
            pool.shared.wait_until_over(None);
            // Rayon's threads end when the last owner goes: this one, or a bell that is just through.
            drop(pool);
            join(std::mem::take(&mut self.threads));
        }
    }
}

impl Drain for StealingHandle {
    fn drain(&self) -> bool {
        if !self.shared.inbox.origin.is_here() {
            return false;
        }
        if self.shared.is_own_thread() || self.shared.is_over() {
            return false;
        }
        self.shared.wait_until_over(None)
    }

    fn leave(&self) {
        self.shared.inbox.note_left();
        self.close();
    }
}
