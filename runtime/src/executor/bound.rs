//! A limit on pending calls, for any executor.
//!
//! Each pending call holds a [`Permit`]. It is the call's to give back: the permit
//! is a guard in its cell, dropped when the call starts, is cancelled or fails.

use std::sync::Arc;

use super::{Job, Reach};
use crate::{
    id::ExecutorId,
    sync::{Condvar, Mutex, MutexGuard},
    worker_context::{self, trampoline},
};

/// So many calls may be pending.
pub(crate) struct Bound {
    limit: usize,
    permits: Mutex<PermitCount>,
    freed: Condvar,
}

#[derive(Default)]
struct PermitCount {
    in_use: usize,
    /// Nobody waits any more.
    is_lifted: bool,
}

/// The permit of one pending call.
pub(crate) struct Permit(Arc<Bound>);

impl Bound {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            permits: Mutex::default(),
            freed: Condvar::default(),
        })
    }

    /// How many places there are.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Has the job hold a permit while it is pending; waits for one, but not on a thread that its executor
    /// may be waiting for: that would wait for itself.
    pub(crate) fn admit<R: Reach>(self: &Arc<Self>, job: &Job<R>, executor: ExecutorId) {
        let permit = if worker_context::belongs_to(executor) {
            self.acquire_over_limit()
        } else {
            self.acquire()
        };
        job.hold_while_pending(Box::new(permit));
    }

    /// Takes a permit; waits for one.
    fn acquire(self: &Arc<Self>) -> Permit {
        if let Some(permit) = self.try_acquire() {
            return permit;
        }
        trampoline::run_deferred();
        let _blocking = worker_context::enter_blocking();
        let mut permits = self.permits.lock();
        while permits.in_use >= self.limit && !permits.is_lifted {
            permits = self.freed.wait(permits);
        }
        self.count(permits)
    }

    /// Takes a permit if there is one.
    pub(crate) fn try_acquire(self: &Arc<Self>) -> Option<Permit> {
        let permits = self.permits.lock();
        (permits.in_use < self.limit || permits.is_lifted).then(|| self.count(permits))
    }

    /// Takes a permit whether there is one or not.
    pub(crate) fn acquire_over_limit(self: &Arc<Self>) -> Permit {
        self.count(self.permits.lock())
    }

    /// Lets in whoever waits, and makes nobody wait from now on.
    pub(crate) fn lift(&self) {
        self.permits.lock().is_lifted = true;
        self.freed.notify_all();
    }

    fn count(self: &Arc<Self>, mut permits: MutexGuard<'_, PermitCount>) -> Permit {
        permits.in_use += 1;
        Permit(self.clone())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.permits.lock().in_use -= 1;
        self.0.freed.notify_one();
    }
}
