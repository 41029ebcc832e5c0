//! Where idle workers sleep, and where other threads wait until all of them do.
//!
//! Each notification wakes one sleeper, or the next worker that is about to sleep. There are never
//! more notifications than workers that are coming: a worker may take a job without having slept,
//! and the notification that was meant for it lapses.
//!
//! A worker that sleeps has no call. So if all threads of a pool sleep here and its queue is empty,
//! no call is pending or running.

use std::time::{Duration, Instant};

use super::worker_counts::WorkerCounts;
use crate::{
    deadline,
    sync::{Condvar, Mutex},
};

/// Why a worker woke.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum IdleEnd {
    /// It was notified.
    Notified,
    /// The pool is closing.
    Closing,
    /// Its idle timeout has passed.
    TimedOut,
}

#[derive(Default)]
pub(super) struct Sleepers {
    state: Mutex<SleepState>,
    notified: Condvar,
    fewer_awake: Condvar,
}

#[derive(Default)]
struct SleepState {
    /// The notifications that no worker has taken.
    notifications: u64,
    asleep: usize,
    /// The number of threads that wait until all workers sleep.
    watchers: usize,
}

impl SleepState {
    fn take_notification(&mut self, counts: &WorkerCounts) -> bool {
        let left = self.notifications.min(counts.coming());
        self.notifications = left.saturating_sub(1);
        left > 0
    }
}

impl Sleepers {
    /// Sleeps until it is notified or the pool closes, at most for `limit`.
    pub(super) fn sleep(&self, counts: &WorkerCounts, limit: Option<Duration>) -> IdleEnd {
        let deadline = deadline::after(limit);
        let mut state = self.state.lock();
        state.asleep += 1;
        let awake = loop {
            if state.take_notification(counts) {
                break IdleEnd::Notified;
            }
            if counts.is_closing() {
                break IdleEnd::Closing;
            }
            if deadline::has_passed(deadline) {
                break IdleEnd::TimedOut;
            }
            if state.watchers > 0 {
                self.fewer_awake.notify_all();
            }
            state = self.notified.wait_until(&self.state, state, deadline);
        };
        state.asleep -= 1;
        awake
    }

    /// Wakes one worker, after one was turned from idle to coming.
    pub(super) fn notify_one(&self, counts: &WorkerCounts) {
        let mut state = self.state.lock();
        state.notifications = (state.notifications + 1).min(counts.coming());
        drop(state);
        self.notified.notify_one();
    }

    /// Wakes all workers, to check whether the pool is closing.
    pub(super) fn notify_all(&self) {
        drop(self.state.lock());
        self.notified.notify_all();
    }

    /// A thread has ended, or was never started.
    pub(super) fn note_left(&self) {
        if self.state.lock().watchers > 0 {
            self.fewer_awake.notify_all();
        }
    }

    /// Waits until `is_over`, given the number of workers that sleep, is true, at most until the
    /// deadline. True if it is.
    pub(super) fn watch(&self, deadline: Option<Instant>, is_over: impl Fn(usize) -> bool) -> bool {
        let mut state = self.state.lock();
        state.watchers += 1;
        let is_over = loop {
            if is_over(state.asleep) {
                break true;
            }
            if deadline::has_passed(deadline) {
                break false;
            }
            state = self.fewer_awake.wait_until(&self.state, state, deadline);
        };
        state.watchers -= 1;
        is_over
    }
}
