//! A limit on pending calls, for any executor: a counting semaphore.
//!
//! Each pending call holds a [`Permit`], a guard in its cell, which is dropped when the
//! call starts, is cancelled or fails. A submitter that finds no permit waits for one:
//! that is the backpressure of an executor with a bound.

use std::sync::Arc;

use super::{Job, Reach};
use crate::{
    id::ExecutorId,
    sync::{Condvar, Mutex, MutexGuard},
    worker_context::{self, trampoline},
};

/// Limits the number of pending calls.
pub(crate) struct Bound {
    limit: usize,
    permits: Mutex<PermitCount>,
    freed: Condvar,
}

#[derive(Default)]
struct PermitCount {
    in_use: usize,
    /// The limit holds no more: `acquire` returns at once.
    is_lifted: bool,
}

/// The right of one call to be pending; dropping it wakes one submitter that waits.
pub(crate) struct Permit(Arc<Bound>);

impl Bound {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            permits: Mutex::default(),
            freed: Condvar::default(),
        })
    }

    /// The number of permits.
    #[cfg(all(unix, feature = "processes"))]
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Makes the job hold a permit while it is pending.
    ///
    /// Waits for a permit, except on a worker of this executor: the calls that hold permits
    /// may be behind the one that this worker runs, so waiting could deadlock.
    pub(crate) fn admit<R: Reach>(self: &Arc<Self>, job: &Job<R>, executor: ExecutorId) {
        let permit = if worker_context::belongs_to(executor) {
            self.acquire_over_limit()
        } else {
            self.acquire()
        };
        job.hold_while_pending(Box::new(permit));
    }

    /// Acquires a permit; blocks until there is one.
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

    /// Acquires a permit if there is one.
    pub(crate) fn try_acquire(self: &Arc<Self>) -> Option<Permit> {
        let permits = self.permits.lock();
        (permits.in_use < self.limit || permits.is_lifted).then(|| self.count(permits))
    }

    /// Acquires a permit even beyond the limit.
    pub(crate) fn acquire_over_limit(self: &Arc<Self>) -> Permit {
        self.count(self.permits.lock())
    }

    /// Lifts the limit: wakes all submitters that wait, and later ones do not wait.
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
