//! What the threads of a pool share: completions, and whether a thread leads.
//!
//! It knows neither the reactor nor the pool; `leader_followers` is what the threads do.

use std::{
    collections::VecDeque,
    sync::{
        Condvar, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Instant,
};

use crate::processes::parent::scheduler::Completion;

/// The threads of a pool, and their work.
#[derive(Default)]
pub(crate) struct IoThreads {
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
    pub(super) completions: VecDeque<Completion>,
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

impl IoThreads {
    /// Adds completions. False if only the leader could take them: its reactor must be woken.
    #[must_use]
    pub(crate) fn add(&self, completions: Vec<Completion>) -> bool {
        if completions.is_empty() {
            return true;
        }
        let mut state = self.state();
        state.completions.extend(completions);
        let is_heard = state.is_completing || state.idle > 0;
        self.release(state);
        is_heard
    }

    /// Adds completions of the leader, which looks for them itself: wakes no thread.
    pub(crate) fn add_as_leader(&self, completions: Vec<Completion>) {
        if !completions.is_empty() {
            self.state().completions.extend(completions);
        }
    }

    /// Adds a completion behind all others; false if there are none, taken ones included.
    pub(crate) fn add_barrier(&self, completion: Completion) -> bool {
        let mut state = self.state();
        let is_any = state.is_completing || !state.completions.is_empty();
        if is_any {
            state.completions.push_back(completion);
        }
        is_any
    }

    /// Whether the leader must promote another thread: there are completions that no thread takes.
    pub(crate) fn must_promote(&self) -> bool {
        let state = self.state();
        !state.completions.is_empty() && !state.is_completing
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
        let has_work = state.needs_leader || !state.completions.is_empty() && !state.is_completing;
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
