//! What happens to calls: answers, cancels, aborts.

use std::{collections::HashSet, sync::Arc, time::Instant};

use super::{Desk, Errand, Flight, Next, Verdict, WorkerId};
use crate::{
    error::TaskError,
    processes::{
        claims::Number,
        message::Nonsense,
        parcel::{Answer, Filed, Parcel, Place},
    },
};

impl Desk {
    /// A worker has answered a call.
    pub(in crate::processes) fn answered(
        &mut self,
        id: WorkerId,
        number: Number,
        answer: Answer,
        next: &mut Next,
    ) -> Result<(), Nonsense> {
        let Some(member) = self.members.get_mut(&id) else {
            return Ok(());
        };
        match member.take(number) {
            Some(flight) => {
                // It is to go, at once or in a while.
                let may_go = self.rules.idle_timeout.is_some() || !member.is_staying();
                next.wake |= may_go && member.in_flight() == 0;
                file(flight.parcel, flight.item, answer, next);
            }
            // What a doomed worker still says of the call that was taken from it counts for nothing.
            None if member.is_doomed() => {}
            None => return Err(Nonsense),
        }
        Ok(())
    }

    /// A worker has answered so many calls since it was last heard of.
    pub(in crate::processes) fn heard(&mut self, id: WorkerId, answers: u32) {
        if let Some(member) = self.members.get_mut(&id)
            && answers > 0
        {
            self.early_deaths = 0;
            member.note_pace(answers, Instant::now());
        }
    }

    /// A worker has started a call.
    pub(in crate::processes) fn started(
        &mut self,
        id: WorkerId,
        number: Number,
        next: &mut Next,
    ) -> Result<(), Nonsense> {
        let member = self.members.get_mut(&id);
        let Some(flight) = member.and_then(|member| member.flight_mut(number)) else {
            return Ok(());
        };
        if std::mem::replace(&mut flight.has_started, true) {
            return Err(Nonsense);
        }
        next.verdicts.push(Verdict::Started(flight.parcel.clone()));
        Ok(())
    }

    /// Takes a call back for good. False if some of it has started; what has not does not.
    pub(in crate::processes) fn recall(&mut self, parcel: &Arc<Parcel>, next: &mut Next) -> bool {
        let mut has_started = false;
        let mut was_submitted = false;
        let mut withdrawn = Vec::new();
        for (item, place) in parcel.places().into_iter().enumerate() {
            was_submitted |= place != Place::Home;
            match place {
                Place::Home => withdrawn.push(item),
                Place::Queued => {
                    self.withdrawn += 1;
                    withdrawn.push(item);
                }
                Place::With(id, number) => {
                    let member = self.members.get_mut(&id);
                    if member.is_some_and(|member| member.recall_one(number)) {
                        withdrawn.push(item);
                    } else {
                        has_started = true;
                    }
                }
                Place::Answered => has_started = true,
                Place::Withdrawn => {}
            }
        }
        withdrawn
            .iter()
            .for_each(|item| parcel.set_place(*item, Place::Withdrawn));
        self.sweep();
        // Somebody may have room, or nothing to do any more.
        next.wake |= !withdrawn.is_empty();
        if !has_started {
            self.unsettled -= usize::from(was_submitted && !withdrawn.is_empty());
            next.quiet |= self.is_quiet();
            return true;
        }
        Self::file_withdrawn(parcel, &withdrawn, next);
        self.dispatch(next);
        false
    }

    /// What was withdrawn of a call that goes on has an answer too.
    fn file_withdrawn(parcel: &Arc<Parcel>, withdrawn: &[usize], next: &mut Next) {
        for item in withdrawn {
            file(parcel.clone(), *item, Err(TaskError::cancelled()), next);
        }
    }

    /// Once half of the queue was withdrawn, the shells go.
    fn sweep(&mut self) {
        if self.withdrawn * 2 > self.queue.len() + 16 {
            let is_queued = |parcel: &Parcel, item| parcel.place(item) == Place::Queued;
            self.queue.retain(|errand| {
                errand
                    .items
                    .clone()
                    .any(|item| is_queued(&errand.parcel, item))
            });
            let left = self.queue.iter().flat_map(|errand| {
                let withdrawn = |item: &usize| !is_queued(&errand.parcel, *item);
                errand.items.clone().filter(withdrawn)
            });
            self.withdrawn = left.count();
        }
    }

    /// Whether a worker runs the call.
    pub(in crate::processes) fn has_started(&self, parcel: &Parcel) -> bool {
        parcel.places().into_iter().any(|place| match place {
            Place::With(id, number) => {
                let member = self.members.get(&id);
                member.is_some_and(|member| member.has_claimed(number))
            }
            _ => false,
        })
    }

    /// Ends the worker that runs the call. False if none does.
    pub(in crate::processes) fn abort(&mut self, parcel: &Parcel, next: &mut Next) -> bool {
        let mut is_aborted = false;
        for place in parcel.places() {
            let Place::With(id, number) = place else {
                continue;
            };
            let Some(member) = self.members.get_mut(&id) else {
                continue;
            };
            if let Some(flight) = member.condemn(number) {
                let rest = member.recall_all();
                let Flight { parcel, item, .. } = flight;
                if parcel.len() == 1 {
                    parcel.set_place(item, Place::Withdrawn);
                    next.verdicts.push(Verdict::Aborted(parcel));
                } else {
                    file(parcel, item, Err(TaskError::cancelled()), next);
                }
                self.requeue(rest);
                is_aborted = true;
            }
        }
        if is_aborted {
            self.dispatch(next);
        }
        is_aborted
    }

    /// Ends a call that runs, with this error, and its worker with it. Nothing if it has ended.
    pub(super) fn end_running(
        &mut self,
        id: WorkerId,
        number: Number,
        error: impl FnOnce() -> TaskError,
        next: &mut Next,
    ) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        if let Some(flight) = member.condemn(number) {
            let rest = member.recall_all();
            file(flight.parcel, flight.item, Err(error()), next);
            self.requeue(rest);
        }
    }

    /// All calls that no worker has started, the first first.
    pub(in crate::processes) fn pending(&self) -> Vec<Arc<Parcel>> {
        let sent = self.members.values().flat_map(|member| {
            let unclaimed = |flight: &&Flight| member.has_left_unclaimed(flight.number);
            member.flights().iter().filter(unclaimed)
        });
        let sent = sent.map(|flight| &flight.parcel);
        let is_queued = |errand: &&Errand| {
            let mut items = errand.items.clone();
            items.any(|item| errand.parcel.place(item) == Place::Queued)
        };
        let queued = self
            .queue
            .iter()
            .filter(is_queued)
            .map(|errand| &errand.parcel);
        let mut seen = HashSet::new();
        let pending = sent
            .chain(queued)
            .filter(|parcel| seen.insert(Arc::as_ptr(parcel)));
        pending.cloned().collect()
    }

    /// Fails all that no worker has started.
    pub(super) fn fail_pending(&mut self, error: &dyn Fn() -> TaskError, next: &mut Next) {
        let recalled = self
            .members
            .values_mut()
            .flat_map(super::Member::recall_all);
        let recalled: Vec<Flight> = recalled.collect();
        self.requeue(recalled);
        while let Some(errand) = self.next_errand() {
            for item in errand.items {
                file(errand.parcel.clone(), item, Err(error()), next);
            }
        }
    }
}

/// Keeps an answer; the call's end is told if that was the last one.
pub(super) fn file(parcel: Arc<Parcel>, item: usize, answer: Answer, next: &mut Next) {
    if let Filed::Whole(answers) = parcel.file(item, answer) {
        next.verdicts.push(Verdict::Answered(parcel, answers));
    }
}
