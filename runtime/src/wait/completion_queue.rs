//! Where calls that are done arrive, for one waiter.

use std::{collections::VecDeque, time::Instant};

use crate::{
    future::{waiting, watchers::Signal},
    sync::{Mutex, Thread, current_thread, park_until},
    worker_context::{self, trampoline},
};

/// The keys of calls that are done, in the order they were.
#[derive(Default)]
pub(crate) struct CompletionQueue(Mutex<QueueState>);

#[derive(Default)]
struct QueueState {
    keys: VecDeque<usize>,
    /// Who sleeps here until the next arrival.
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
    /// Whether nobody has arrived.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().keys.is_empty()
    }

    /// The next arrival, if there is one already.
    pub(crate) fn try_next(&self) -> Option<usize> {
        self.0.lock().keys.pop_front()
    }

    /// Sleeps until the next arrival; `None` once the deadline has passed.
    ///
    /// One thread at a time: an arrival wakes the last one that came.
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
            if waiting::has_passed(deadline) {
                return None;
            }
            let _blocking = worker_context::enter_blocking();
            park_until(deadline);
        }
    }
}
