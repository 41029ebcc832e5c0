//! A limit on pending calls, for any executor.
//!
//! Each pending call holds a [`Place`]. It is the call's to give back: the place
//! is a guard in its cell, dropped when the call starts, is cancelled or fails.

use std::sync::Arc;

use super::{Job, Reach};
use crate::{
    id::ExecutorId,
    sync::{Condvar, Mutex, MutexGuard},
    worker::{self, trampoline},
};

/// So many calls may be pending.
pub(crate) struct Bound {
    limit: usize,
    taken: Mutex<Taken>,
    freed: Condvar,
}

#[derive(Default)]
struct Taken {
    places: usize,
    /// Nobody waits any more.
    is_lifted: bool,
}

/// The place of one pending call.
pub(crate) struct Place(Arc<Bound>);

impl Bound {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            taken: Mutex::default(),
            freed: Condvar::default(),
        })
    }

    /// How many places there are.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Has the job hold a place while it is pending; waits for one, but not on a thread that its executor
    /// may be waiting for: that would wait for itself.
    pub(crate) fn admit<R: Reach>(self: &Arc<Self>, job: &Job<R>, executor: ExecutorId) {
        let place = if worker::belongs_to(executor) {
            self.take_anyway()
        } else {
            self.take()
        };
        job.hold_while_pending(Box::new(place));
    }

    /// Takes a place; waits for one.
    fn take(self: &Arc<Self>) -> Place {
        if let Some(place) = self.try_take() {
            return place;
        }
        trampoline::catch_up();
        let _asleep = worker::fall_asleep();
        let mut taken = self.taken.lock();
        while taken.places >= self.limit && !taken.is_lifted {
            taken = self.freed.wait(taken);
        }
        self.count(taken)
    }

    /// Takes a place if there is one.
    pub(crate) fn try_take(self: &Arc<Self>) -> Option<Place> {
        let taken = self.taken.lock();
        (taken.places < self.limit || taken.is_lifted).then(|| self.count(taken))
    }

    /// Takes a place whether there is one or not.
    pub(crate) fn take_anyway(self: &Arc<Self>) -> Place {
        self.count(self.taken.lock())
    }

    /// Lets in whoever waits, and makes nobody wait from now on.
    pub(crate) fn lift(&self) {
        self.taken.lock().is_lifted = true;
        self.freed.notify_all();
    }

    fn count(self: &Arc<Self>, mut taken: MutexGuard<'_, Taken>) -> Place {
        taken.places += 1;
        Place(self.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.taken.lock().places -= 1;
        self.0.freed.notify_one();
    }
}
