//! Where workers sleep, and where others wait for them to leave.
//!
//! The lot holds no state: what a sleeper waits for is in the crew. Whoever changes
//! that takes the lot's lock once and then rings, so that a sleeper that has looked
//! and not yet lain down is not missed.

use std::{
    sync::{Condvar, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use crate::future::waiting;

/// Why a sleeper got up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Awake {
    /// What it waited for is there.
    Rung,
    /// It slept as long as it may.
    TimedOut,
}

/// One bell for those who wait for the same thing.
#[derive(Default)]
pub(crate) struct Lot {
    lock: Mutex<()>,
    bell: Condvar,
}

impl Lot {
    /// Sleeps until `is_up` says so, at most for `limit`.
    pub(crate) fn sleep(&self, limit: Option<Duration>, is_up: impl Fn() -> bool) -> Awake {
        let deadline = waiting::deadline(limit);
        let mut guard = self.lock();
        while !is_up() {
            guard = match deadline {
                None => self
                    .bell
                    .wait(guard)
                    .unwrap_or_else(|poisoned| poisoned.into_inner()),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Awake::TimedOut;
                    }
                    let woken = self.bell.wait_timeout(guard, left);
                    woken.unwrap_or_else(|poisoned| poisoned.into_inner()).0
                }
            };
        }
        Awake::Rung
    }

    /// Wakes one sleeper.
    pub(crate) fn ring(&self) {
        drop(self.lock());
        self.bell.notify_one();
    }

    /// Wakes all sleepers.
    pub(crate) fn ring_all(&self) {
        drop(self.lock());
        self.bell.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.lock
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
