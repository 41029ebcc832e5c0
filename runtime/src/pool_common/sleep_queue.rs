//! Where threads wait for workers to leave.
//!
//! The lot holds no state: what a sleeper waits for is in the counts of its pool. A thread that changes
//! those takes the lot's lock once and then rings, so that a sleeper that has looked
//! and not yet lain down is not missed.

use std::time::Duration;

use crate::{
    future::waiting,
    sync::{Condvar, Mutex},
};

/// Why a sleeper got up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WaitEnd {
    /// What it waited for is there.
    Notified,
    /// It slept as long as it may.
    TimedOut,
}

/// One bell for those who wait for the same thing.
#[derive(Default)]
pub(crate) struct SleepQueue {
    lock: Mutex<()>,
    changed: Condvar,
}

impl SleepQueue {
    /// Sleeps until `is_up` says so, at most for `limit`.
    pub(crate) fn sleep(&self, limit: Option<Duration>, is_up: impl Fn() -> bool) -> WaitEnd {
        let deadline = waiting::deadline(limit);
        let mut guard = self.lock.lock();
        while !is_up() {
            if waiting::has_passed(deadline) {
                return WaitEnd::TimedOut;
            }
            guard = self.changed.wait_until(&self.lock, guard, deadline);
        }
        WaitEnd::Notified
    }

    /// Wakes all sleepers.
    pub(crate) fn notify_all(&self) {
        drop(self.lock.lock());
        self.changed.notify_all();
    }
}
