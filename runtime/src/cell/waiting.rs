//! Blocking until a call has settled.
//!
//! A worker of the call's own executor first tries to run the call itself: exactly the call that it
//! waits for, never another one. So nested waits never deadlock a pool, and a wait never nests an
//! unrelated call on the waiter's stack (re-entrancy).

use std::time::{Duration, Instant};

use super::{
    cell_ref::CellRef,
    watchers::{Token, Watcher},
};
use crate::{
    deadline,
    error::TaskError,
    sync::{current_thread, park_until, spin_until},
    worker_context::{self, trampoline},
};

/// Why a wait ended before the call had settled.
#[derive(Debug)]
pub(crate) enum Unsettled {
    /// The limit passed.
    TimedOut,
    /// This logical thread itself runs the call, or its callbacks.
    WouldDeadlock,
}

impl CellRef {
    /// Blocks until the call has settled, for at most `limit`.
    ///
    /// A limit of zero never blocks. The limit bounds the waiting alone: a call that runs in place
    /// runs to its end.
    #[inline]
    pub(crate) fn wait_settled(&self, limit: Option<Duration>) -> Result<(), Unsettled> {
        if self.state.load().is_settled() {
            return Ok(());
        }
        if limit == Some(Duration::ZERO) {
            return Err(Unsettled::TimedOut);
        }
        self.wait_settled_cold(deadline::after(limit))
    }

    #[cold]
    fn wait_settled_cold(&self, deadline: Option<Instant>) -> Result<(), Unsettled> {
        if !trampoline::try_run_deferred() {
            return Err(Unsettled::WouldDeadlock);
        }
        self.run_in_place();
        if self.is_run_here() {
            return Err(Unsettled::WouldDeadlock);
        }
        if spin_until(|| self.state.load().is_settled()) {
            return Ok(());
        }
        self.park_until_settled(deadline)
    }

    /// Whether this logical thread itself runs the call or its callbacks, so that waiting for it
    /// would deadlock.
    pub(crate) fn is_run_here(&self) -> bool {
        if self.state.load().is_settled() || !self.is_run_by(worker_context::logical_thread()) {
            return false;
        }
        // Its callbacks may be among the work that this thread has deferred.
        !trampoline::try_run_deferred() || !self.state.load().is_settled()
    }

    /// Runs the call on this thread if it is pending and this is a worker of its
    /// executor. The call has settled if this returns true.
    pub(crate) fn run_in_place(&self) -> bool {
        let seen = self.state.load();
        if !seen.is_pending() || seen.is_lifted() || !worker_context::serves(self.executor) {
            return false;
        }
        let mut ran = false;
        worker_context::with_stack(self.executor, |ready| {
            match ready {
                Ok(()) => {
                    let claimed = self.claim();
                    ran = claimed.map(|claimed| claimed.run().settle()).is_some();
                }
                // The call is not run, but its waiters get an outcome.
                Err(error) => self.fail(error),
            }
        });
        if ran {
            self.sweep_stale_entries();
        }
        ran
    }

    fn park_until_settled(&self, deadline: Option<Instant>) -> Result<(), Unsettled> {
        let Some(token) = self.watch_settled(|| Watcher::Thread(current_thread())) else {
            return Ok(());
        };
        let _blocking = worker_context::enter_blocking();
        while !self.state.load().is_settled() {
            if deadline::has_passed(deadline) {
                let removed = self.extras.watchers().lock().remove(token);
                drop(removed);
                let settled_meanwhile = self.state.load().is_settled();
                return if settled_meanwhile {
                    Ok(())
                } else {
                    Err(Unsettled::TimedOut)
                };
            }
            park_until(deadline);
        }
        Ok(())
    }

    /// Adds a watcher that wakes at Settled; `None` if the call has settled.
    pub(crate) fn watch_settled(&self, watcher: impl FnOnce() -> Watcher) -> Option<Token> {
        let watcher = watcher();
        let mut watchers = self.extras.watchers().lock();
        if self.state.watch().is_settled() {
            drop(watchers);
            drop(watcher);
            return None;
        }
        Some(watchers.add(watcher))
    }
}

impl Unsettled {
    /// The error of a wait without a limit, which cannot time out.
    pub(crate) fn into_error(self) -> TaskError {
        match self {
            Self::WouldDeadlock => TaskError::would_deadlock(),
            Self::TimedOut => unreachable!("a wait without a limit does not time out"),
        }
    }
}
