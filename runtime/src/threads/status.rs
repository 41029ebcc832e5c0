//! How a pool is, and waiting until it has no call: for pools that are shared.

use std::time::Duration;

use super::{ThreadPool, shared::ThreadPoolShared, worker_counts::CLOSED};
use crate::{
    deadline,
    error::TaskError,
    executor::StillBusy,
    pool_common::{
        docs::pool_docs,
        lifecycle::{Lifecycle, WaitForCalls, lifecycle_methods},
    },
    sync::Ordering,
    worker_context,
};

lifecycle_methods! {
    ThreadPool {
        #[doc = pool_docs!(close, "ThreadPool", "ThreadPool::new()")]
        close;
        #[doc = pool_docs!(cancel_pending, "ThreadPool")]
        cancel_pending;
        #[doc = pool_docs!(is_closed, "ThreadPool", "ThreadPool::new()")]
        is_closed;
        /// A pool breaks when its initializer fails.
        ///
        #[doc = pool_docs!(is_broken, "ThreadPool")]
        is_broken;
        #[doc = pool_docs!(broken, "ThreadPool")]
        broken;
        /// On one of the pool's own threads (in a task or a callback) it does not wait.
        ///
        #[doc = pool_docs!(wait_idle, "ThreadPool", "ThreadPool::new()")]
        wait_idle;
        /// On one of the pool's own threads (in a task or a callback) it only looks.
        ///
        #[doc = pool_docs!(wait_idle_timeout, "ThreadPool", "ThreadPool::new()")]
        wait_idle_timeout;
    }
}

impl Lifecycle for ThreadPool {
    fn close(&self) {
        self.pool.close();
    }

    fn cancel_pending(&self) -> usize {
        if !self.pool.inbox.origin.is_here() {
            return 0;
        }
        self.pool.inbox.cancel_pending()
    }

    fn is_closed(&self) -> bool {
        self.pool.counts.is(CLOSED)
    }

    fn broken(&self) -> Option<TaskError> {
        self.pool.inbox.broken()
    }

    fn wait_idle(&self) {
        if !self.pool.is_own_thread() {
            self.pool.is_idle_within(None);
        }
    }

    fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy> {
        let limit = self.pool.limit_here(limit);
        self.pool
            .wait_for_calls(limit, |limit| self.pool.is_idle_within(Some(limit)))
    }
}

impl WaitForCalls for ThreadPoolShared {
    fn is_own_thread(&self) -> bool {
        worker_context::belongs_to(self.inbox.id)
    }

    fn count_calls(&self) -> (usize, usize) {
        (self.count_running(), self.inbox.count_pending())
    }
}

impl ThreadPoolShared {
    /// The number of calls that are running.
    fn count_running(&self) -> usize {
        let threads = self.threads.lock();
        // ORDERING: Relaxed is enough. A worker clears the flag before its outcome can be seen;
        // see `WorkerThread`.
        threads
            .values()
            .filter(|thread| thread.is_busy.load(Ordering::Relaxed))
            .count()
    }

    /// Waits until all threads sleep and the queue is empty, at most for `limit`. True if so.
    fn is_idle_within(&self, limit: Option<Duration>) -> bool {
        let is_empty = || self.inbox.queue.is_empty();
        worker_context::trampoline::run_deferred();
        let _blocking = worker_context::enter_blocking();
        self.sleepers.watch(deadline::after(limit), |asleep| {
            self.counts.is_at_rest(asleep, is_empty)
        })
    }
}
