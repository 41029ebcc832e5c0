//! Calls that will run again: they wait in backoff for their next attempt.
//!
//! ```text
//!   InFlight --worker lost, attempts left--> Backoff --backoff is over--> front of the queue
//! ```

use std::{sync::Arc, time::Instant};

use super::{
    Completion, Effects, QueuedItems, Scheduler,
    calls::finish_items,
    encoded_call::{EncodedCall, ItemState},
};
use crate::{error::TaskError, processes::wire::message::AnswerBody};

/// Items beside the queue: they wait for a moment, or for a worker of their own.
#[derive(Default)]
pub(super) struct Delayed {
    timed: Vec<(Instant, QueuedItems)>,
    /// Suspects, an item each, the oldest first.
    alone: Vec<QueuedItems>,
}

impl Scheduler {
    /// An attempt at an item has failed: schedules the next one, or answers it with the error.
    pub(super) fn fail_attempt(
        &mut self,
        call: Arc<EncodedCall>,
        item: usize,
        error: TaskError,
        effects: &mut Effects,
    ) {
        let items = item..item + 1;
        let wait = if self.is_killed {
            None
        } else {
            call.note_failure(item)
        };
        let until = wait.and_then(|wait| Instant::now().checked_add(wait));
        match until {
            None => finish_items(call, items, AnswerBody::Error(error), effects),
            Some(until) => {
                call.set_state(items.clone(), ItemState::Backoff);
                effects.complete(Completion::BackingOff(call.clone()));
                self.delayed
                    .timed
                    .push((until, QueuedItems { call, items }));
                effects.wake = true;
            }
        }
    }

    /// Queues the items whose backoff is over. Returns when the next one ends.
    pub(super) fn requeue_due(&mut self, now: Instant) -> Option<Instant> {
        let is_due = |rest: &mut (Instant, QueuedItems)| rest.0 <= now;
        let mut due: Vec<_> = self.delayed.timed.extract_if(.., is_due).collect();
        due.sort_by_key(|(until, _)| *until);
        self.requeue(due.into_iter().map(|(_, entry)| entry).collect());
        self.delayed.timed.iter().map(|(until, _)| *until).min()
    }

    /// Queues all delayed items.
    pub(super) fn requeue_delayed(&mut self) {
        let Delayed { timed, alone } = std::mem::take(&mut self.delayed);
        let timed = timed.into_iter().map(|(_, entry)| entry);
        self.requeue_all(alone.into_iter().chain(timed).collect());
    }
}

impl Delayed {
    /// Removes the items of a call.
    pub(super) fn remove(&mut self, call: &Arc<EncodedCall>) {
        let is_other = |entry: &QueuedItems| !Arc::ptr_eq(&entry.call, call);
        self.timed.retain(|(_, entry)| is_other(entry));
        self.alone.retain(is_other);
    }

    /// Makes an item wait for a worker that has no other call.
    pub(super) fn isolate(&mut self, call: Arc<EncodedCall>, item: usize) {
        let items = item..item + 1;
        self.alone.push(QueuedItems { call, items });
    }

    /// Takes all items that wait for a worker of their own.
    pub(super) fn take_isolated(&mut self) -> Vec<QueuedItems> {
        std::mem::take(&mut self.alone)
    }

    /// The number of items that wait for a worker of their own.
    pub(super) fn isolated(&self) -> usize {
        self.alone.len()
    }

    /// The number of delayed items.
    pub(super) fn len(&self) -> usize {
        self.timed.len() + self.alone.len()
    }

    /// The calls of the delayed items.
    pub(super) fn calls(&self) -> impl Iterator<Item = &Arc<EncodedCall>> {
        let timed = self.timed.iter().map(|(_, entry)| entry);
        let all = self.alone.iter().chain(timed);
        all.map(|entry| &entry.call)
    }
}
