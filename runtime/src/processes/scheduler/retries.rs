//! Calls that are to run again: they rest until their next attempt.
//!
//! ```text
//!   With a worker --lost, and attempts are left--> Delayed --back-off is over--> front of the queue
//! ```

use std::{sync::Arc, time::Instant};

use super::{Completion, Effects, QueuedItems, Scheduler, calls::finish_items};
use crate::{
    error::TaskError,
    processes::{
        answers::AnswerBody,
        encoded_call::{EncodedCall, ItemState},
    },
};

/// What rests: until some moment, or until a worker is there for it alone.
#[derive(Default)]
pub(super) struct Delayed {
    timed: Vec<(Instant, QueuedItems)>,
    /// Parts for `suspects` to deal, one each, the first first.
    alone: Vec<QueuedItems>,
}

impl Scheduler {
    /// An attempt at one part of a call has failed: there is another, or this is its answer.
    pub(super) fn fail_attempt(
        &mut self,
        call: Arc<EncodedCall>,
        item: usize,
        error: TaskError,
        effects: &mut Effects,
    ) {
        let items = item..item + 1;
        let wait = match self.is_killed {
            true => None,
            false => call.note_failure(item),
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

    /// Queues what has rested long enough; says when to come again.
    pub(super) fn requeue_due(&mut self, now: Instant) -> Option<Instant> {
        let is_due = |rest: &mut (Instant, QueuedItems)| rest.0 <= now;
        let mut due: Vec<_> = self.delayed.timed.extract_if(.., is_due).collect();
        due.sort_by_key(|(until, _)| *until);
        self.requeue(due.into_iter().map(|(_, entry)| entry).collect());
        self.delayed.timed.iter().map(|(until, _)| *until).min()
    }

    /// Queues all that rests.
    pub(super) fn requeue_delayed(&mut self) {
        let Delayed { timed, alone } = std::mem::take(&mut self.delayed);
        let timed = timed.into_iter().map(|(_, entry)| entry);
        self.requeue_all(alone.into_iter().chain(timed).collect());
    }
}

impl Delayed {
    /// Forgets a call.
    pub(super) fn remove(&mut self, call: &Arc<EncodedCall>) {
        let is_other = |entry: &QueuedItems| !Arc::ptr_eq(&entry.call, call);
        self.timed.retain(|(_, entry)| is_other(entry));
        self.alone.retain(is_other);
    }

    /// Has this part wait for a worker that has nothing else.
    pub(super) fn isolate(&mut self, call: Arc<EncodedCall>, item: usize) {
        let items = item..item + 1;
        self.alone.push(QueuedItems { call, items });
    }

    /// Those that wait so; none does any more.
    pub(super) fn take_isolated(&mut self) -> Vec<QueuedItems> {
        std::mem::take(&mut self.alone)
    }

    /// How many wait so.
    pub(super) fn isolated(&self) -> usize {
        self.alone.len()
    }

    /// How many parts rest.
    pub(super) fn len(&self) -> usize {
        self.timed.len() + self.alone.len()
    }

    /// Their calls.
    pub(super) fn calls(&self) -> impl Iterator<Item = &Arc<EncodedCall>> {
        let timed = self.timed.iter().map(|(_, entry)| entry);
        let all = self.alone.iter().chain(timed);
        all.map(|entry| &entry.call)
    }
}
