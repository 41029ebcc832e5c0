//! What the threads of a pool share: completions, and whether a thread leads.
//!
//! It knows neither the reactor nor the pool; `leader_followers` is what the threads do.
//!
//! Completions are a channel. No thread blocks in it: an idle thread waits for completions or for
//! the leadership, and a completion that another thread is to take wakes none. So which thread
//! takes completions, and how many are idle, is a state of its own, with a condition variable.
//!
//! No lost wakeup: a completion is sent before the state is locked, and the thread that takes them
//! stops only if it has found the channel empty while it held the lock.

use std::{
    sync::{
        Condvar, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Instant,
};

use crossbeam_channel::{Receiver, Sender};

use crate::processes::parent::scheduler::Completion;

/// The threads of a pool, and their work.
pub(crate) struct IoThreads {
    added: Sender<Completion>,
    /// Of this end one thread at a time takes: see `is_completing`.
    pub(super) completions: Receiver<Completion>,
    state: std::sync::Mutex<ThreadsState>,
    /// Notified when an idle thread may find work.
    pub(super) work_added: Condvar,
    /// Notified when the pool has ended.
    pub(super) over: Condvar,
    /// Whether an idle thread may find work; a hint. Written by any thread, read by idle ones.
    pub(super) has_work: AtomicBool,
}

#[derive(Default)]
pub(super) struct ThreadsState {
    /// Whether no thread leads, and one has to.
    pub(super) needs_leader: bool,
    /// Whether a thread takes completions, and does not sleep in a wait.
    pub(super) is_completing: bool,
    /// The number of threads not blocked in user code: none that sleeps in a wait of it, or has
    /// slept in one and still runs it. At least two are kept.
    pub(super) awake: usize,
    pub(super) idle: usize,
    /// The pool has ended.
    pub(super) is_over: bool,
    pub(super) threads: Vec<JoinHandle<()>>,
}

impl Default for IoThreads {
    fn default() -> Self {
        let (added, completions) = crossbeam_channel::unbounded();
        Self {
            added,
            completions,
            state: Default::default(),
            work_added: Condvar::new(),
            over: Condvar::new(),
            has_work: AtomicBool::new(false),
        }
    }
}

impl IoThreads {
    /// Adds completions. False if only the leader could take them: its reactor must be woken.
    #[must_use]
    pub(crate) fn add(&self, completions: Vec<Completion>) -> bool {
        if completions.is_empty() {
            return true;
        }
        self.add_as_leader(completions);
        let state = self.state();
        let is_heard = state.is_completing || state.idle > 0;
        self.release(state);
        is_heard
    }

    /// Adds completions of the leader, which looks for them itself: wakes no thread.
    pub(crate) fn add_as_leader(&self, completions: Vec<Completion>) {
        for completion in completions {
            self.send(completion);
        }
    }

    /// Adds a completion behind all others; false if there are none, taken ones included.
    pub(crate) fn add_barrier(&self, completion: Completion) -> bool {
        let state = self.state();
        let is_any = state.is_completing || !self.completions.is_empty();
        if is_any {
            self.send(completion);
        }
        is_any
    }

    fn send(&self, completion: Completion) {
        let sent = self.added.send(completion);
        sent.expect("the other end lives as long as this one");
    }

    /// Whether the leader must promote another thread: there are completions that no thread takes.
    pub(crate) fn must_promote(&self) -> bool {
        let state = self.state();
        !self.completions.is_empty() && !state.is_completing
    }

    /// Waits until the pool has ended, at most until the deadline. True if it has.
    pub(crate) fn is_over_by(&self, deadline: Option<Instant>) -> bool {
        let mut state = self.state();
        while !state.is_over {
            let Some(deadline) = deadline else {
                return true;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let woken = self.over.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Joins the threads once the pool has ended. The caller is none of them.
    pub(crate) fn join(&self) {
        loop {
            let threads = std::mem::take(&mut self.state().threads);
            if threads.is_empty() {
                return;
            }
            for thread in threads {
                // It catches all panics of user code; one of the library is in its log.
                let _ = thread.join();
            }
        }
    }

    /// Releases the lock, and wakes an idle thread if there is work for it.
    pub(super) fn release(&self, state: MutexGuard<'_, ThreadsState>) {
        let has_work = state.needs_leader || !self.completions.is_empty() && !state.is_completing;
        let is_needed = has_work && state.idle > 0;
        drop(state);
        if is_needed {
            // ORDERING: Relaxed, because it is a hint; the lock shows the work.
            self.has_work.store(true, Ordering::Relaxed);
            // After the lock is free, because the woken thread takes it.
            self.work_added.notify_one();
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, ThreadsState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
