//! What happens to workers: they come, are ready, end, and the pool with them.

use std::time::Instant;

use super::{Desk, Errand, Member, Next, Verdict, WorkerId, worker_record::Standing};
use crate::{
    error::{StderrTail, TaskError, WorkerDeath, WorkerEnd},
    exit,
    processes::{encoded_call::Parcel, message::ProtocolError, supervisor::SpawnedWorker},
};

impl Desk {
    /// The supervisor has started a worker.
    pub(in crate::processes) fn born(
        &mut self,
        id: WorkerId,
        spawned: SpawnedWorker,
        next: &mut Next,
    ) {
        self.ordered -= 1;
        self.roll += 1;
        let member = Member::new(id, spawned, &self.rules);
        // The first message may be longer than what the socket took.
        next.add_flush(member.outbox());
        next.wake = true;
        self.members.insert(id, member);
    }

    /// A worker says hello, or why it cannot; either is said once.
    pub(in crate::processes) fn greeted(&mut self, id: WorkerId) -> Result<(), ProtocolError> {
        let is_first = self.members.get_mut(&id).is_none_or(Member::greet);
        is_first.then_some(()).ok_or(ProtocolError)
    }

    /// A worker has said hello, and its initializer ran well.
    pub(in crate::processes) fn ready(&mut self, id: WorkerId, next: &mut Next) {
        // It may be wanted no more.
        next.wake = true;
        if let Some(member) = self.members.get_mut(&id)
            && matches!(member.standing, Standing::Starting { .. })
        {
            member.become_ready();
            member.has_begun = true;
            self.refused_until = None;
        }
    }

    /// A worker has closed its link: it is about to end, or will be ended.
    pub(in crate::processes) fn hang_up(&mut self, id: WorkerId, next: &mut Next) {
        if let Some(member) = self.members.get_mut(&id) {
            member.closed_since.get_or_insert_with(Instant::now);
            let left = member.next_part();
            let recalled = member.recall_all();
            next.wake = true;
            if let Some(part) = left {
                self.note_leave(part);
            }
            self.requeue(recalled);
            self.dispatch(next);
        }
    }

    /// Ends a worker that cannot be worked with.
    pub(in crate::processes) fn expel(&mut self, id: WorkerId, reason: String, next: &mut Next) {
        if let Some(member) = self.members.get_mut(&id) {
            let is_starting = matches!(member.standing, Standing::Starting { .. });
            member.doom(Some(reason.clone()));
            let recalled = member.recall_all();
            self.requeue(recalled);
            if is_starting {
                self.count_failed_start(id, reason, next);
            }
            self.dispatch(next);
        }
    }

    /// A worker has ended, and all it had said was heard; `stderr` is what it said last on that.
    pub(in crate::processes) fn bury(
        &mut self,
        id: WorkerId,
        end: WorkerEnd,
        stderr: &str,
        next: &mut Next,
    ) {
        let Some(mut member) = self.members.remove(&id) else {
            return;
        };
        self.roll += 1;
        note_own_end(&mut member);
        let taking_over = member.taking_over();
        let mut recalled = member.recall_all();
        // It claims one part at a time; a worker run wild may have claimed more.
        let running = member.flights().iter().map(|flight| Errand {
            parcel: flight.parcel.clone(),
            items: flight.open(),
        });
        let running: Vec<Errand> = running.collect();
        let is_starting = matches!(member.standing, Standing::Starting { .. });
        // It was given calls, came for none, and has not run any before.
        let is_idle = matches!(member.standing, Standing::Ready { .. })
            && running.is_empty()
            && !recalled.is_empty()
            && taking_over.is_none()
            && !member.has_answered();
        if let Some(part) = taking_over.filter(|_| running.is_empty()) {
            self.note_takeover(&member, part, (end, stderr), &mut recalled, next);
        }
        for Errand { parcel, items } in running {
            for item in items {
                let death = death(&member, end, (&parcel, item), stderr);
                let error = TaskError::worker_lost(death);
                self.fail_attempt(parcel.clone(), item, error, next);
            }
        }
        self.requeue(recalled);
        member.outbox().clear();
        if member.has_answered() {
            self.note_room();
        }
        let said = StderrTail(stderr);
        let reason = || format!("worker {end} before it ran a call{said}");
        if is_starting {
            self.count_failed_start(id, reason(), next);
        } else if is_idle {
            self.count_idle_death(id, reason(), next);
        }
    }

    /// Gives the pool up: what is pending, and what comes later, fails with this reason.
    pub(in crate::processes) fn break_down(&mut self, reason: String, next: &mut Next) {
        if self.broken.is_none() {
            self.broken = Some(reason.clone());
            next.broke = true;
            next.verdicts.push(Verdict::Broke(reason.clone()));
            next.wake = true;
            self.fail_pending(&|| TaskError::executor_broken(reason.as_str()), next);
        }
    }

    /// Why the pool takes no call, if so.
    pub(in crate::processes) fn refusal(&self) -> Option<TaskError> {
        if let Some(error) = self.broken() {
            return Some(error);
        }
        if self.has_left {
            return Some(exit::refusal());
        }
        let closed = "executor is shut down; submit before calling shutdown";
        self.is_closed.then(|| TaskError::rejected(closed))
    }

    /// What every call fails with if the pool is broken.
    pub(in crate::processes) fn broken(&self) -> Option<TaskError> {
        let reason = self.broken.as_ref()?;
        Some(TaskError::executor_broken(reason.as_str()))
    }

    /// Whether no more calls are taken, though the pool is not broken.
    pub(in crate::processes) fn is_closed(&self) -> bool {
        self.is_closed || self.has_left
    }

    /// Takes no more calls, since the program leaves; workers stay, and end with it.
    pub(in crate::processes) fn leave(&mut self) {
        self.has_left = true;
    }

    /// Takes no more calls.
    pub(in crate::processes) fn close(&mut self, next: &mut Next) {
        self.is_closed = true;
        next.wake = true;
    }

    /// How many flights a worker was ever sent.
    pub(in crate::processes) fn sent_flights(&self, id: WorkerId) -> u64 {
        self.members.get(&id).map_or(0, Member::sent_flights)
    }

    /// All workers, in the order they came.
    pub(in crate::processes) fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// All workers are about to end, for this reason: nothing is tried again.
    pub(in crate::processes) fn note_killing(&mut self, reason: &str) {
        self.is_killed = true;
        for member in self.members.values_mut() {
            member.reason.get_or_insert_with(|| reason.to_owned());
        }
    }

    /// A number that changes whenever a worker comes or goes.
    pub(in crate::processes) fn roll(&self) -> u64 {
        self.roll
    }
}

/// Of a dead worker: what it says of its end itself counts unless the pool has ended it.
fn note_own_end(member: &mut Member) {
    let own = member
        .table
        .self_exit()
        .map(|exit| exit.reason().to_owned());
    member.reason = member.reason.take().or(own);
}

/// How a worker ended that ran this part of a call.
pub(super) fn death(
    member: &Member,
    end: WorkerEnd,
    (parcel, item): (&Parcel, usize),
    stderr: &str,
) -> WorkerDeath {
    WorkerDeath {
        pid: member.process.id(),
        end,
        task: parcel.name(),
        arguments: parcel.bytes().part(item).values_len() as u64,
        takeovers: 0,
        reason: member.reason.clone(),
        stderr: stderr.to_owned(),
    }
}
