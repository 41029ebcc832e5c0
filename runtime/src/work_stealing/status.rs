//! How a pool is, and waiting until it has no call: for pools that are shared.

use std::time::Duration;

use super::{WorkStealingPool, serve_state::CLOSED, shared::StealingShared};
use crate::{
    error::TaskError,
    executor::StillBusy,
    pool_common::{
        docs::pool_docs,
        lifecycle::{Lifecycle, WaitForCalls, lifecycle_methods},
    },
    worker_context,
};

lifecycle_methods! {
    WorkStealingPool {
        #[doc = pool_docs!(close, "WorkStealingPool", "WorkStealingPool::new()?")]
        close;
        #[doc = pool_docs!(cancel_pending, "WorkStealingPool")]
        cancel_pending;
        #[doc = pool_docs!(is_closed, "WorkStealingPool", "WorkStealingPool::new()?")]
        is_closed;
        /// A pool breaks when its initializer fails.
        ///
        #[doc = pool_docs!(is_broken, "WorkStealingPool")]
        is_broken;
        #[doc = pool_docs!(broken, "WorkStealingPool")]
        broken;
        /// On one of the pool's own threads (in a task or a callback) it does not wait. A closure
        /// that tasks have given to `rayon::spawn` is no call; it may be waited for all the same.
        ///
        #[doc = pool_docs!(wait_idle, "WorkStealingPool", "WorkStealingPool::new()?")]
        wait_idle;
        /// On one of the pool's own threads (in a task or a callback) it only looks.
        ///
        #[doc = pool_docs!(wait_idle_timeout, "WorkStealingPool", "WorkStealingPool::new()?")]
        wait_idle_timeout;
    }
}

impl Lifecycle for WorkStealingPool {
    fn close(&self) {
        if self.pool().shared.inbox.origin.is_here() {
            self.pool().close();
        }
    }

    fn cancel_pending(&self) -> usize {
        if !self.pool().shared.inbox.origin.is_here() {
            return 0;
        }
        self.pool().shared.inbox.cancel_pending()
    }

    fn is_closed(&self) -> bool {
        self.pool().shared.serve_state.is(CLOSED)
    }

    fn broken(&self) -> Option<TaskError> {
        self.pool().shared.inbox.broken()
    }

    fn wait_idle(&self) {
        let shared = &self.pool().shared;
        if !shared.is_own_thread() {
            shared.wait_until_over(None);
        }
    }

    fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy> {
        let shared = &self.pool().shared;
        let limit = shared.limit_here(limit);
        shared.wait_for_calls(limit, |limit| shared.wait_until_over(Some(limit)))
    }
}

impl WaitForCalls for StealingShared {
    fn is_own_thread(&self) -> bool {
        worker_context::belongs_to(self.inbox.id)
    }

    fn count_calls(&self) -> (usize, usize) {
        (self.count_running(), self.inbox.count_pending())
    }

    /// Workers that run what tasks have given to rayon have no call.
    fn are_none_left(&self) -> bool {
        self.has_no_call()
    }
}
