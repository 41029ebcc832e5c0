//! Calls that are to run again: they rest until their next attempt.
//!
//! ```text
//!   With a worker --lost, and attempts are left--> Resting --back-off is over--> front of the queue
//! ```

use std::{sync::Arc, time::Instant};

use super::{Desk, Errand, Next, Verdict, calls::file};
use crate::{
    error::TaskError,
    processes::{
        answers::Said,
        encoded_call::{Parcel, Place},
    },
};

/// What rests: until some moment, or until a worker is there for it alone.
#[derive(Default)]
pub(super) struct Resting {
    timed: Vec<(Instant, Errand)>,
    /// Parts for `suspects` to deal, one each, the first first.
    alone: Vec<Errand>,
}

impl Desk {
    /// An attempt at one part of a call has failed: there is another, or this is its answer.
    pub(super) fn fail_attempt(
        &mut self,
        parcel: Arc<Parcel>,
        item: usize,
        error: TaskError,
        next: &mut Next,
    ) {
        let items = item..item + 1;
        let wait = match self.is_killed {
            true => None,
            false => parcel.note_failure(item),
        };
        let until = wait.and_then(|wait| Instant::now().checked_add(wait));
        match until {
            None => file(parcel, items, Said::Error(error), next),
            Some(until) => {
                parcel.set_place(items.clone(), Place::Resting);
                next.verdicts.push(Verdict::Rests(parcel.clone()));
                self.resting.timed.push((until, Errand { parcel, items }));
                next.wake = true;
            }
        }
    }

    /// Queues what has rested long enough; says when to come again.
    pub(super) fn end_rests(&mut self, now: Instant) -> Option<Instant> {
        let is_due = |rest: &mut (Instant, Errand)| rest.0 <= now;
        let mut due: Vec<_> = self.resting.timed.extract_if(.., is_due).collect();
        due.sort_by_key(|(until, _)| *until);
        self.requeue(due.into_iter().map(|(_, errand)| errand).collect());
        self.resting.timed.iter().map(|(until, _)| *until).min()
    }

    /// Queues all that rests.
    pub(super) fn end_all_rests(&mut self) {
        let Resting { timed, alone } = std::mem::take(&mut self.resting);
        let timed = timed.into_iter().map(|(_, errand)| errand);
        self.requeue_all(alone.into_iter().chain(timed).collect());
    }
}

impl Resting {
    /// Forgets a call.
    pub(super) fn remove(&mut self, parcel: &Arc<Parcel>) {
        let is_other = |errand: &Errand| !Arc::ptr_eq(&errand.parcel, parcel);
        self.timed.retain(|(_, errand)| is_other(errand));
        self.alone.retain(is_other);
    }

    /// Has this part wait for a worker that has nothing else.
    pub(super) fn wait_alone(&mut self, parcel: Arc<Parcel>, item: usize) {
        let items = item..item + 1;
        self.alone.push(Errand { parcel, items });
    }

    /// Those that wait so; none does any more.
    pub(super) fn take_alone(&mut self) -> Vec<Errand> {
        std::mem::take(&mut self.alone)
    }

    /// How many wait so.
    pub(super) fn waiting_alone(&self) -> usize {
        self.alone.len()
    }

    /// How many parts rest.
    pub(super) fn len(&self) -> usize {
        self.timed.len() + self.alone.len()
    }

    /// Their calls.
    pub(super) fn parcels(&self) -> impl Iterator<Item = &Arc<Parcel>> {
        let timed = self.timed.iter().map(|(_, errand)| errand);
        let all = self.alone.iter().chain(timed);
        all.map(|errand| &errand.parcel)
    }
}
