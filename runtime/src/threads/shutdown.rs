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

use super::{
    ThreadPool,
    shared::ThreadPoolShared,
    worker_counts::{CLOSED, DRAINING},
};
use crate::{
    executor::StillBusy,
    exit::Drain,
    pool_common::{docs::pool_docs, join_others, lifecycle::WaitForCalls, sleep_queue::WaitEnd},
    worker_context,
};

impl ThreadPool {
    #[doc = pool_docs!(shutdown, "ThreadPool", "ThreadPool::new()")]
    #[rustfmt::skip] // The compiler shows this line to a caller who shares the pool.
    pub fn shutdown(self) { // `close()` ends a pool that is shared
        drop(self);
    }

    #[doc(alias = "cancel_futures")]
    #[doc = pool_docs!(shutdown_cancelling, "ThreadPool")]
    #[expect(clippy::must_use_candidate, reason = "cancelling is the point")]
    pub fn shutdown_cancelling(self) -> usize {
        self.close();
        self.cancel_pending()
    }

    #[doc = pool_docs!(shutdown_detached, "ThreadPool", "ThreadPool::new()")]
    pub fn shutdown_detached(mut self) {
        self.waits = false;
    }

    #[doc = pool_docs!(shutdown_timeout, "ThreadPool", "ThreadPool::new()")]
    pub fn shutdown_timeout(mut self, limit: Duration) -> Result<(), StillBusy> {
        if !self.pool.inbox.origin.is_here() {
            return Ok(());
        }
        self.close();
        let limit = self.pool.limit_here(limit);
        self.pool
            .wait_for_calls(limit, |limit| self.pool.all_left(limit))
            .inspect_err(|_| self.waits = false)
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        if !self.pool.inbox.origin.is_here() {
            // In a forked child the threads are those of the parent, and so are the owners of the
            // locks: nothing is freed here.
            return std::mem::forget(self.pool.clone());
        }
        self.pool.close();
        if self.waits && !self.pool.is_own_thread() {
            self.pool.join();
        }
    }
}

impl ThreadPoolShared {
    pub(super) fn close(&self) {
        if !self.inbox.origin.is_here() {
            return;
        }
        self.counts.set(CLOSED);
        self.sleepers.notify_all();
        self.inbox.lift_bound();
    }

    /// Waits until no worker is left, at most for `limit`.
    fn all_left(&self, limit: Duration) -> bool {
        self.left.sleep(Some(limit), || self.counts.threads() == 0) == WaitEnd::Notified
    }

    /// Waits until the threads of a closing pool have ended. True if there were any.
    fn join(&self) -> bool {
        worker_context::trampoline::run_deferred();
        let _blocking = worker_context::enter_blocking();
        let mut joined = false;
        loop {
            let threads = std::mem::take(&mut *self.threads.lock());
            if threads.is_empty() {
                // Another thread may be joining some, and some may be about to start.
                joined |= self.counts.threads() > 0;
                self.left.sleep(None, || self.counts.threads() == 0);
                return joined;
            }
            joined |= join_others(threads.into_values().map(|started| started.thread));
        }
    }
}

impl Drain for ThreadPoolShared {
    fn drain(&self) -> bool {
        if !self.inbox.origin.is_here() || self.is_own_thread() {
            return false;
        }
        self.count_drain(|drains| *drains += 1);
        self.counts.set(DRAINING);
        self.sleepers.notify_all();
        let had_threads = self.join();
        self.count_drain(|drains| {
            *drains -= 1;
            // Another drain waits for workers that read the flag.
            if *drains == 0 {
                self.counts.clear(DRAINING);
            }
        });
        had_threads
    }

    fn leave(&self) {
        self.inbox.note_left();
        self.close();
    }
}

impl ThreadPoolShared {
    fn count_drain(&self, count: impl FnOnce(&mut usize)) {
        count(&mut self.drains.lock());
    }
}
