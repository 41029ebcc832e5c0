//! Who wants to hear of a call's end, and who is told when.
//!
//! ```text
//!   leaves Pending   guards are dropped          (places under a bound)
//!   Done             signals are given           (wait, as_completed)
//!                    callbacks run, in order
//!   Settled          threads and wakers wake up  (result, get, .await)
//! ```
//!
//! The list lives under the cell's lock, and nothing of it runs or is dropped
//! under that lock: all functions here move watchers out, for the caller to use.

use std::{sync::Arc, task::Waker};

use super::cell::CellRef;
use crate::{sync::Thread, unwind};

/// Somebody who wants to hear of a call's end.
pub(crate) enum Watcher {
    /// Dropped when the call leaves Pending.
    Guard(Box<dyn Send>),
    /// Told at Done: the call with this key is done.
    Signal(Arc<dyn Signal>, usize),
    /// Run at Done, with the outcome.
    Callback(Callback),
    /// Unparked at Settled.
    Thread(Thread),
    /// Woken at Settled: one of those who await `&future`.
    Waker(Waker),
    /// Woken at Settled: the one who awaits the future itself.
    Owner(Waker),
}

/// A done-callback, its types behind it.
pub(crate) type Callback = Box<dyn FnOnce(&CellRef) + Send>;

/// Collects the calls that are done; one collector serves many calls.
pub(crate) trait Signal: Send + Sync {
    /// The call that was watched under `key` is done.
    fn signal(&self, key: usize);
}

/// Names one thread or waker among a cell's watchers, to take it back.
///
/// Unique only while that watcher is in the list; those two stay until Settled,
/// when nobody is added any more, so a token never names a stranger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Token(u32);

/// The watchers of one cell, in the order they came.
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

    /// Takes one watcher back; nothing if it was moved out before.
    pub(crate) fn remove(&mut self, token: Token) -> Option<Watcher> {
        let index = self.0.iter().position(|(other, _)| *other == token)?;
        Some(self.0.remove(index).1)
    }

    /// Takes back what `signal` watches here.
    pub(crate) fn remove_signal(&mut self, signal: &Arc<dyn Signal>) -> Vec<Watcher> {
        self.take(|watcher| matches!(watcher, Watcher::Signal(own, _) if Arc::ptr_eq(own, signal)))
    }

    /// Makes `waker` the owner's, and gives back the owner's last one.
    pub(crate) fn set_owner(&mut self, waker: Waker) -> Option<Waker> {
        for (_, watcher) in &mut self.0 {
            if let Watcher::Owner(old) = watcher {
                return Some(std::mem::replace(old, waker));
            }
        }
        self.add(Watcher::Owner(waker));
        None
    }

    /// Moves out those that `wanted` picks, in order.
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

    /// Whether there is one whose telling runs code of the user's.
    pub(crate) fn has_user_code(&self) -> bool {
        self.0.iter().any(|(_, watcher)| watcher.is_user_code())
    }

    /// Moves out everybody who is left.
    pub(crate) fn take_all(&mut self) -> Vec<Watcher> {
        self.take(|_| true)
    }
}

impl Watcher {
    /// Whether telling it runs code that is not ours, and may take its time.
    pub(crate) fn is_user_code(&self) -> bool {
        !matches!(self, Self::Signal(..) | Self::Thread(_))
    }

    /// Whether telling it may well end further calls, and so on. A guard is mostly ours, and a bounded call has one.
    pub(crate) fn may_nest(&self) -> bool {
        self.is_user_code() && !matches!(self, Self::Guard(_))
    }

    /// Tells the watcher what it waits for. Runs user code; never under a lock.
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
