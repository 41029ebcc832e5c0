//! A queue of the calls that have ended, for one waiter.
//!
//! No lost wakeup: the key is pushed and the waiter is registered under one lock, so a
//! waiter either finds the key or is unparked for it.

use std::{collections::VecDeque, time::Instant};

use crate::{
    cell::Signal,
    deadline,
    sync::{Mutex, Thread, current_thread, park_until},
    worker_context::{self, trampoline},
};

/// The keys of calls that have ended, in that order.
#[derive(Default)]
pub(crate) struct CompletionQueue(Mutex<QueueState>);

#[derive(Default)]
struct QueueState {
    keys: VecDeque<usize>,
    /// The thread that is parked until the next key.
    waiter: Option<Thread>,
}

impl Signal for CompletionQueue {
    fn signal(&self, key: usize) {
        let waiter = {
            let mut queue = self.0.lock();
            queue.keys.push_back(key);
            queue.waiter.take()
        };
        if let Some(waiter) = waiter {
            waiter.unpark();
        }
    }
}

impl CompletionQueue {
    /// Whether there is no key.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().keys.is_empty()
    }

    /// Takes the next key, if there is one.
    pub(crate) fn try_next(&self) -> Option<usize> {
        self.0.lock().keys.pop_front()
    }

    /// Blocks until there is a key, and takes it; `None` once the deadline has passed.
    ///
    /// For one thread at a time: a push wakes only the thread that registered last.
    pub(crate) fn next(&self, deadline: Option<Instant>) -> Option<usize> {
        loop {
            trampoline::run_deferred();
            {
                let mut queue = self.0.lock();
                if let Some(key) = queue.keys.pop_front() {
                    return Some(key);
                }
                queue.waiter = Some(current_thread());
            }
            if deadline::has_passed(deadline) {
                return None;
            }
            let _blocking = worker_context::enter_blocking();
            park_until(deadline);
        }
    }
}
