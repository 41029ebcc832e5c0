//! Where idle workers sleep, and where others wait until all of them do.
//!
//! Each notification gets one sleeper up, or the next one that would lie down. There are never more
//! of them than workers that are coming: a worker may take a job without having slept, and
//! what was meant for it means nothing then.
//!
//! A worker that sleeps has no call. So if all threads of a pool sleep here and its queue is empty, no
//! call is pending or running.

use std::time::{Duration, Instant};

use super::crew::Crew;
use crate::{
    future::waiting,
    sync::{Condvar, Mutex},
};

/// Why a sleeper got up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Awake {
    /// It was notified.
    Notified,
    /// The pool is closing.
    Closing,
    /// It slept as long as it may.
    TimedOut,
}

#[derive(Default)]
pub(super) struct Sleepers {
    state: Mutex<State>,
    notified: Condvar,
    fewer_awake: Condvar,
}

#[derive(Default)]
struct State {
    /// Notifications that no sleeper has taken.
    notifications: u64,
    asleep: usize,
    /// How many threads wait until all workers sleep.
    watchers: usize,
}

impl State {
    fn take_notification(&mut self, crew: &Crew) -> bool {
        let left = self.notifications.min(crew.coming());
        self.notifications = left.saturating_sub(1);
        left > 0
    }
}

impl Sleepers {
    /// Sleeps until it is notified or the pool closes, at most for `limit`.
    pub(super) fn sleep(&self, crew: &Crew, limit: Option<Duration>) -> Awake {
        let deadline = waiting::deadline(limit);
        let mut state = self.state.lock();
        state.asleep += 1;
        let awake = loop {
            if state.take_notification(crew) {
                break Awake::Notified;
            }
            if crew.is_closing() {
                break Awake::Closing;
            }
            if waiting::has_passed(deadline) {
                break Awake::TimedOut;
            }
            if state.watchers > 0 {
                self.fewer_awake.notify_all();
            }
            state = self.notified.wait_until(&self.state, state, deadline);
        };
        state.asleep -= 1;
        awake
    }

    /// Wakes one sleeper, for a worker that was turned from idle to coming.
    pub(super) fn notify_one(&self, crew: &Crew) {
        let mut state = self.state.lock();
        state.notifications = (state.notifications + 1).min(crew.coming());
        drop(state);
        self.notified.notify_one();
    }

    /// Has all sleepers look whether the pool is closing.
    pub(super) fn notify_all(&self) {
        drop(self.state.lock());
        self.notified.notify_all();
    }

    /// A thread has ended, or never came.
    pub(super) fn note_left(&self) {
        if self.state.lock().watchers > 0 {
            self.fewer_awake.notify_all();
        }
    }

    /// Waits until `is_over` says so, which is given the number of those that sleep; true if so.
    pub(super) fn watch(&self, deadline: Option<Instant>, is_over: impl Fn(usize) -> bool) -> bool {
        let mut state = self.state.lock();
        state.watchers += 1;
        let is_over = loop {
            if is_over(state.asleep) {
                break true;
            }
            if waiting::has_passed(deadline) {
                break false;
            }
            state = self.fewer_awake.wait_until(&self.state, state, deadline);
        };
        state.watchers -= 1;
        is_over
    }
}
