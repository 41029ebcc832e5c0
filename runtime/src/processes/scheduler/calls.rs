//! What happens to calls: answers, cancels, aborts.

use std::{collections::HashSet, ops::Range, sync::Arc, time::Instant};

use super::{Desk, Errand, Next, Verdict, WorkerId, revoke::Condemned};
use crate::{
    error::{TaskError, TaskErrorKind},
    processes::{
        answers::Said,
        claims::{Number, Seen},
        encoded_call::{Parcel, Place},
        message::{Answer, ProtocolError},
    },
};

impl Desk {
    /// A worker has answered calls.
    pub(in crate::processes) fn answered(
        &mut self,
        id: WorkerId,
        answer: Answer,
        next: &mut Next,
    ) -> Result<(), ProtocolError> {
        let Answer {
            number,
            items,
            said,
        } = answer;
        let Some(member) = self.members.get_mut(&id) else {
            return Ok(());
        };
        match member.answer(number, items) {
            Some((parcel, items)) => {
                // It is to go, at once or in a while.
                let may_go = self.rules.idle_timeout.is_some() || !member.is_staying();
                next.wake |= may_go && member.in_flight() == 0;
                file(parcel, items, said, next);
            }
            // What a doomed worker still says of the call that was taken from it counts for nothing.
            None if member.is_doomed() => {}
            None => return Err(ProtocolError),
        }
        Ok(())
    }

    /// A worker has answered so many calls since it was last heard of.
    pub(in crate::processes) fn heard(&mut self, id: WorkerId, answers: u32, next: &mut Next) {
        if let Some(member) = self.members.get_mut(&id)
            && answers > 0
        {
            let now = Instant::now();
            self.early_deaths = 0;
            member.note_pace(answers, now);
            let look_at = member.hasten_look(now);
            next.wake |= look_at.is_some_and(|at| self.tend_at.is_none_or(|tend| at < tend));
        }
    }

    /// A worker has started a call.
    pub(in crate::processes) fn started(
        &mut self,
        id: WorkerId,
        number: Number,
        next: &mut Next,
    ) -> Result<(), ProtocolError> {
        let member = self.members.get_mut(&id);
        let Some(flight) = member.and_then(|member| member.flight_mut(number)) else {
            return Ok(());
        };
        if std::mem::replace(&mut flight.has_started, true) {
            return Err(ProtocolError);
        }
        next.verdicts.push(Verdict::Started(flight.parcel.clone()));
        Ok(())
    }

    /// Takes a call back for good. False if some of it has started; what has not does not.
    pub(in crate::processes) fn recall(&mut self, parcel: &Arc<Parcel>, next: &mut Next) -> bool {
        let mut has_started = false;
        let mut was_submitted = false;
        let mut withdrawn = Vec::new();
        for (items, place) in parcel.places() {
            was_submitted |= place != Place::Home;
            match place {
                Place::Home => withdrawn.push(items),
                Place::Queued => {
                    self.withdrawn += items.len();
                    withdrawn.push(items);
                }
                Place::Resting => {
                    self.resting.remove(parcel);
                    withdrawn.push(items);
                }
                Place::With(id, number) => {
                    let member = self.members.get_mut(&id);
                    let taken = member.map_or(0..0, |member| member.recall_flight(number));
                    has_started |= taken.len() < items.len();
                    withdrawn.push(taken);
                }
                Place::Answered => has_started = true,
                Place::Withdrawn => {}
            }
        }
        withdrawn.retain(|items| !items.is_empty());
        for items in &withdrawn {
            parcel.set_place(items.clone(), Place::Withdrawn);
        }
        if parcel.is_long() {
            self.sweep_out(parcel);
        }
        self.sweep();
        // Somebody may have room, or nothing to do any more.
        next.wake |= !withdrawn.is_empty();
        if !has_started {
            self.unsettled -= usize::from(was_submitted && !withdrawn.is_empty());
            next.quiet |= self.is_quiet();
            return true;
        }
        // What was withdrawn of a call that goes on has an answer too.
        for items in withdrawn {
            let said = Said::Error(TaskError::cancelled());
            file(parcel.clone(), items, said, next);
        }
        self.dispatch(next);
        false
    }

    /// Takes what was withdrawn of a long call out of the queue: its bytes go when it ends, not
    /// when its turn comes.
    fn sweep_out(&mut self, parcel: &Arc<Parcel>) {
        let mut left = parcel.withdrawn(&(0..parcel.len()));
        let is_of = |errand: &Errand| Arc::ptr_eq(&errand.parcel, parcel);
        while left > 0
            && let Some(place) = self.queue.iter().position(is_of)
            && let Some(errand) = self.queue.remove(place)
        {
            self.queued -= errand.items.len();
            let withdrawn = parcel.withdrawn(&errand.items);
            self.withdrawn -= withdrawn;
            left -= withdrawn;
        }
    }

    /// Once half of the queue was withdrawn, the shells go.
    fn sweep(&mut self) {
        if self.withdrawn * 2 > self.queued + 16 {
            let is_queued = |errand: &Errand| errand.parcel.queued(&errand.items).is_some();
            self.queue.retain(is_queued);
            let withdrawn = |errand: &Errand| errand.parcel.withdrawn(&errand.items);
            self.withdrawn = self.queue.iter().map(withdrawn).sum();
            self.queued = self.queue.iter().map(|errand| errand.items.len()).sum();
        }
    }

    /// Whether a worker runs the call.
    pub(in crate::processes) fn has_started(&self, parcel: &Parcel) -> bool {
        let mut places = parcel.places().into_iter();
        places.any(|(_, place)| self.running(place).is_some())
    }

    /// Who runs a part that is in this place, and which of the flight's it is; `None` if nobody does.
    fn running(&self, place: Place) -> Option<(WorkerId, Number, usize)> {
        let Place::With(id, number) = place else {
            return None;
        };
        let member = self.members.get(&id)?;
        let part = member.running_item(member.flight(number)?)?;
        Some((id, number, part))
    }

    /// Ends the worker that runs the call. False if none does.
    pub(in crate::processes) fn abort(&mut self, parcel: &Parcel, next: &mut Next) -> bool {
        let mut is_aborted = false;
        for (_, place) in parcel.places() {
            if let Some((id, number, part)) = self.running(place) {
                is_aborted |= self.end_running(id, number, part, Ending::Abort, next);
            }
        }
        if is_aborted {
            self.dispatch(next);
        }
        is_aborted
    }

    /// Ends the part of a flight that runs, and its worker with it. False if it does not run any more.
    pub(super) fn end_running(
        &mut self,
        id: WorkerId,
        number: Number,
        part: usize,
        ending: Ending,
        next: &mut Next,
    ) -> bool {
        let member = self.members.get_mut(&id);
        let condemned = member.and_then(|member| member.condemn(number, part));
        let Some(Condemned {
            parcel,
            items,
            rest,
        }) = condemned
        else {
            return false;
        };
        self.requeue(rest);
        match ending {
            Ending::Abort if parcel.len() == 1 => {
                parcel.set_place(items, Place::Withdrawn);
                next.verdicts.push(Verdict::Aborted(parcel));
            }
            Ending::Abort => file(parcel, items, Said::Error(TaskError::cancelled()), next),
            Ending::Limit(error) if error.is_timed_out() && parcel.retries_timeouts() => {
                self.fail_attempt(parcel, items.start, error, next);
            }
            Ending::Limit(error) => file(parcel, items, Said::Error(error), next),
        }
        true
    }

    /// All calls that no worker has started, the first first.
    pub(in crate::processes) fn pending(&self) -> Vec<Arc<Parcel>> {
        let sent = self.members.values().flat_map(|member| {
            let flights = member.flights().iter();
            flights.filter(|flight| member.see(flight) == Seen::Sent)
        });
        let sent = sent.map(|flight| &flight.parcel);
        let is_queued = |errand: &&Errand| errand.parcel.queued(&errand.items).is_some();
        let queued = self
            .queue
            .iter()
            .filter(is_queued)
            .map(|errand| &errand.parcel);
        let queued = self.resting.parcels().chain(queued);
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
        let recalled: Vec<Errand> = recalled.collect();
        self.requeue(recalled);
        self.end_all_rests();
        while let Some(Errand { parcel, items }) = self.next_errand() {
            file(parcel, items, Said::Error(error()), next);
        }
    }
}

/// Why a call that runs is ended.
pub(super) enum Ending {
    /// Its caller asked for it.
    Abort,
    /// It has reached a limit.
    Limit(TaskError),
}

/// Keeps the answer to some parts; the call's end is told if it was the last.
pub(super) fn file(parcel: Arc<Parcel>, items: Range<usize>, said: Said, next: &mut Next) {
    let said = match said {
        // Here it has no clones yet, and can be told more.
        Said::Error(error) => {
            let failures = parcel.failures(items.start);
            let attempts = match error.kind() {
                // It rested, if it was ever started.
                TaskErrorKind::Cancelled | TaskErrorKind::ExecutorBroken => failures.max(1),
                _ => failures + 1,
            };
            Said::Error(error.of_task(&parcel.name()).with_attempts(attempts))
        }
        said => said,
    };
    if let Some(answers) = parcel.file(items, said) {
        next.verdicts.push(Verdict::Answered(parcel, answers));
    }
}
