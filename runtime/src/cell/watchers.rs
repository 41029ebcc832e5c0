//! The watchers of a call: what is notified of its end, and in which order.
//!
//! ```text
//!   leaves Pending   guards are dropped          (permits under a bound)
//!   Done             signals are given           (wait, as_completed)
//!                    callbacks run, in order
//!   Settled          threads and wakers wake up  (result, get, .await)
//! ```
//!
//! The list lies under the cell's lock. No watcher is notified or dropped under that lock: all
//! functions here move watchers out, for the caller to use.

use std::{sync::Arc, task::Waker};

use super::cell_ref::CellRef;
use crate::{sync::Thread, unwind};

/// One watcher of a call.
pub(crate) enum Watcher {
    /// Dropped when the call leaves Pending.
    Guard(Box<dyn Send>),
    /// Notified at Done, with this key.
    Signal(Arc<dyn Signal>, usize),
    /// Run at Done, with the outcome.
    Callback(Callback),
    /// Unparked at Settled.
    Thread(Thread),
    /// Woken at Settled: the waker of an await of `&future`.
    Waker(Waker),
    /// Woken at Settled: the waker of an await of the future itself.
    Owner(Waker),
}

/// A type-erased done-callback.
pub(crate) type Callback = Box<dyn FnOnce(&CellRef) + Send>;

/// A collector of done calls; one collector serves many calls.
pub(crate) trait Signal: Send + Sync {
    /// The call that was watched under `key` is done.
    fn signal(&self, key: usize);
}

/// Identifies one thread or waker among a cell's watchers, to remove it.
///
/// Unique only while that watcher is in the list. Threads and wakers stay in it until Settled, and
/// after that none is added: a token cannot name another watcher (no ABA).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Token(u32);

/// The watchers of one cell, in the order in which they were added.
#[derive(Default)]
pub(crate) struct Watchers(Vec<(Token, Watcher)>);

impl Watchers {
    /// Adds a watcher at the end.
    pub(crate) fn add(&mut self, watcher: Watcher) -> Token {
        let last = self.0.last();
        let token = Token(last.map_or(0, |(Token(last), _)| last.wrapping_add(1)));
        if last.is_none() {
            // Nearly every watched call has exactly one.
            self.0.reserve_exact(1);
        }
        self.0.push((token, watcher));
        token
    }

    /// Removes one watcher; `None` if it was moved out before.
    pub(crate) fn remove(&mut self, token: Token) -> Option<Watcher> {
        let index = self.0.iter().position(|(other, _)| *other == token)?;
        Some(self.0.remove(index).1)
    }

    /// Removes the watchers with this signal.
    pub(crate) fn remove_signal(&mut self, signal: &Arc<dyn Signal>) -> Vec<Watcher> {
        self.take(|watcher| matches!(watcher, Watcher::Signal(own, _) if Arc::ptr_eq(own, signal)))
    }

    /// Makes `waker` the owner's, and returns the owner's previous one.
    pub(crate) fn set_owner(&mut self, waker: Waker) -> Option<Waker> {
        for (_, watcher) in &mut self.0 {
            if let Watcher::Owner(old) = watcher {
                return Some(std::mem::replace(old, waker));
            }
        }
        self.add(Watcher::Owner(waker));
        None
    }

    /// Moves out the watchers that `wanted` picks, in order.
    fn take(&mut self, wanted: impl Fn(&Watcher) -> bool) -> Vec<Watcher> {
        self.0
            .extract_if(.., |(_, watcher)| wanted(watcher))
            .map(|(_, watcher)| watcher)
            .collect()
    }

    pub(crate) fn take_guards(&mut self) -> Vec<Watcher> {
        self.take(|watcher| matches!(watcher, Watcher::Guard(_)))
    }

    pub(crate) fn take_signals(&mut self) -> Vec<Watcher> {
        self.take(|watcher| matches!(watcher, Watcher::Signal(..)))
    }

    pub(crate) fn take_callbacks(&mut self) -> Vec<Watcher> {
        self.take(|watcher| matches!(watcher, Watcher::Callback(_)))
    }

    pub(crate) fn has_callbacks(&self) -> bool {
        let mut all = self.0.iter();
        all.any(|(_, watcher)| matches!(watcher, Watcher::Callback(_)))
    }

    /// Whether notifying one of them runs user code.
    pub(crate) fn has_user_code(&self) -> bool {
        self.0.iter().any(|(_, watcher)| watcher.is_user_code())
    }

    /// Moves out all watchers that are left.
    pub(crate) fn take_all(&mut self) -> Vec<Watcher> {
        self.take(|_| true)
    }
}

impl Watcher {
    /// Whether notifying it runs user code, which may take long.
    pub(crate) fn is_user_code(&self) -> bool {
        !matches!(self, Self::Signal(..) | Self::Thread(_))
    }

    /// Whether notifying it may well end further calls, recursively. A guard is usually the permit
    /// of a bounded call, and is not counted.
    pub(crate) fn may_nest(&self) -> bool {
        self.is_user_code() && !matches!(self, Self::Guard(_))
    }

    /// Notifies the watcher. Runs user code: never call it under a lock.
    pub(crate) fn tell(self, cell: &CellRef) {
        match self {
            Self::Guard(guard) => unwind::contain("dropping a guard", || drop(guard)),
            Self::Signal(signal, key) => signal.signal(key),
            Self::Callback(callback) => unwind::contain("done-callback", || callback(cell)),
            Self::Thread(thread) => thread.unpark(),
            Self::Waker(waker) | Self::Owner(waker) => unwind::contain("waker", || waker.wake()),
        }
    }
}
