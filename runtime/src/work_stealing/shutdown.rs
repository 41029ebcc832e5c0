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
    deadline,
    executor::StillBusy,
    exit::Drain,
    pool_common::{docs::pool_docs, join_others, lifecycle::WaitForCalls},
};

impl WorkStealingPool {
    #[doc = pool_docs!(shutdown, "WorkStealingPool", "WorkStealingPool::new()?")]
    #[rustfmt::skip] // The compiler shows this line to a caller who shares the pool.
    pub fn shutdown(self) { // `close()` ends a pool that is shared
        drop(self);
    }

    #[doc(alias = "cancel_futures")]
    #[doc = pool_docs!(shutdown_cancelling, "WorkStealingPool")]
    #[expect(clippy::must_use_candidate, reason = "cancelling is the point")]
    pub fn shutdown_cancelling(self) -> usize {
        self.close();
        self.cancel_pending()
    }

    #[doc = pool_docs!(shutdown_detached, "WorkStealingPool", "WorkStealingPool::new()?")]
    pub fn shutdown_detached(mut self) {
        self.waits = false;
    }

    #[doc = pool_docs!(shutdown_timeout, "WorkStealingPool", "WorkStealingPool::new()?")]
    pub fn shutdown_timeout(mut self, limit: Duration) -> Result<(), StillBusy> {
        if !self.pool().shared.inbox.origin.is_here() {
            return Ok(());
        }
        self.close();
        let shared = self.pool().shared.clone();
        let limit = shared.limit_here(limit);
        let deadline = deadline::after(Some(limit));
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
