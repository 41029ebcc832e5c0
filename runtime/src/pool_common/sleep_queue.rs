//! Where threads wait for workers to leave.
//!
//! A sleep queue holds no state: what a thread waits for is in the counts of its pool. A thread
//! that changes these takes the queue's lock once before it notifies, so that a waiter that has
//! read the counts and does not sleep yet is not missed: no lost wakeup.

use std::time::Duration;

use crate::{
    deadline,
    sync::{Condvar, Mutex},
};

/// Why a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WaitEnd {
    /// The condition holds.
    Notified,
    /// The time has passed.
    TimedOut,
}

/// A condition variable whose condition lies elsewhere.
#[derive(Default)]
pub(crate) struct SleepQueue {
    lock: Mutex<()>,
    changed: Condvar,
}

impl SleepQueue {
    /// Sleeps until `is_over`, at most for `limit`.
    pub(crate) fn sleep(&self, limit: Option<Duration>, is_over: impl Fn() -> bool) -> WaitEnd {
        let deadline = deadline::after(limit);
        let mut guard = self.lock.lock();
        while !is_over() {
            if deadline::has_passed(deadline) {
                return WaitEnd::TimedOut;
            }
            guard = self.changed.wait_until(&self.lock, guard, deadline);
        }
        WaitEnd::Notified
    }

    /// Wakes all waiting threads, to check their condition.
    pub(crate) fn notify_all(&self) {
        drop(self.lock.lock());
        self.changed.notify_all();
    }
}
