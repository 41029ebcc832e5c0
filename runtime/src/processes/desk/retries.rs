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
        parcel::{Parcel, Place},
    },
};

/// What rests, and until when.
#[derive(Default)]
pub(super) struct Resting(Vec<(Instant, Errand)>);

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
                self.resting.0.push((until, Errand { parcel, items }));
                next.wake = true;
            }
        }
    }

    /// Queues what has rested long enough; says when to come again.
    pub(super) fn end_rests(&mut self, now: Instant) -> Option<Instant> {
        let is_due = |rest: &mut (Instant, Errand)| rest.0 <= now;
        let mut due: Vec<_> = self.resting.0.extract_if(.., is_due).collect();
        due.sort_by_key(|(until, _)| *until);
        self.requeue(due.into_iter().map(|(_, errand)| errand).collect());
        self.resting.0.iter().map(|(until, _)| *until).min()
    }

    /// Queues all that rests.
    pub(super) fn end_all_rests(&mut self) {
        let rests = std::mem::take(&mut self.resting.0);
        self.requeue(rests.into_iter().map(|(_, errand)| errand).collect());
    }
}

impl Resting {
    /// Forgets a call.
    pub(super) fn remove(&mut self, parcel: &Arc<Parcel>) {
        self.0
            .retain(|(_, errand)| !Arc::ptr_eq(&errand.parcel, parcel));
    }

    /// How many parts rest.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Their calls.
    pub(super) fn parcels(&self) -> impl Iterator<Item = &Arc<Parcel>> {
        self.0.iter().map(|(_, errand)| &errand.parcel)
    }
}
