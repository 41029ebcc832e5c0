//! What happens to workers: they come, are ready, end, and the pool with them.

use std::time::Instant;

use super::{
    Completion, Effects, QueuedItems, Scheduler, WorkerId, WorkerRecord, worker_record::WorkerState,
};
use crate::{
    error::{StderrTail, TaskError, WorkerDeath, WorkerEnd},
    exit,
    processes::{encoded_call::EncodedCall, message::ProtocolError, supervisor::SpawnedWorker},
};

impl Scheduler {
    /// The supervisor has started a worker.
    pub(in crate::processes) fn spawned(
        &mut self,
        id: WorkerId,
        spawned: SpawnedWorker,
        effects: &mut Effects,
    ) {
        self.spawning -= 1;
        self.generation += 1;
        let worker = WorkerRecord::new(id, spawned, &self.config);
        // The first message may be longer than what the socket took.
        effects.add_flush(worker.outbox());
        effects.wake = true;
        self.workers.insert(id, worker);
    }

    /// A worker says hello, or why it cannot; either is said once.
    pub(in crate::processes) fn greeted(&mut self, id: WorkerId) -> Result<(), ProtocolError> {
        let is_first = self.workers.get_mut(&id).is_none_or(WorkerRecord::greet);
        is_first.then_some(()).ok_or(ProtocolError)
    }

    /// A worker has said hello, and its initializer ran well.
    pub(in crate::processes) fn ready(&mut self, id: WorkerId, effects: &mut Effects) {
        // It may be wanted no more.
        effects.wake = true;
        if let Some(worker) = self.workers.get_mut(&id)
            && matches!(worker.state, WorkerState::Starting { .. })
        {
            worker.become_ready();
            worker.has_begun = true;
            self.refused_until = None;
        }
    }

    /// A worker has closed its link: it is about to end, or will be ended.
    pub(in crate::processes) fn connection_closed(&mut self, id: WorkerId, effects: &mut Effects) {
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.closed_since.get_or_insert_with(Instant::now);
            let left = worker.next_item();
            let revoked = worker.revoke_all();
            effects.wake = true;
            if let Some(item) = left {
                self.note_leave(item);
            }
            self.requeue(revoked);
            self.dispatch(effects);
        }
    }

    /// Ends a worker that cannot be worked with.
    pub(in crate::processes) fn reject(
        &mut self,
        id: WorkerId,
        reason: String,
        effects: &mut Effects,
    ) {
        if let Some(worker) = self.workers.get_mut(&id) {
            let is_starting = matches!(worker.state, WorkerState::Starting { .. });
            worker.kill(Some(reason.clone()));
            let revoked = worker.revoke_all();
            self.requeue(revoked);
            if is_starting {
                self.count_failed_start(id, reason, effects);
            }
            self.dispatch(effects);
        }
    }

    /// A worker has ended, and all it had said was heard; `stderr` is what it said last on that.
    pub(in crate::processes) fn reap(
        &mut self,
        id: WorkerId,
        end: WorkerEnd,
        stderr: &str,
        effects: &mut Effects,
    ) {
        let Some(mut worker) = self.workers.remove(&id) else {
            return;
        };
        self.generation += 1;
        note_own_end(&mut worker);
        let taking_over = worker.taking_over();
        let mut revoked = worker.revoke_all();
        // It claims one part at a time; a worker run wild may have claimed more.
        let running = worker.batches().iter().map(|batch| QueuedItems {
            call: batch.call.clone(),
            items: batch.unanswered(),
        });
        let running: Vec<QueuedItems> = running.collect();
        let is_starting = matches!(worker.state, WorkerState::Starting { .. });
        // It was given calls, came for none, and has not run any before.
        let is_idle = matches!(worker.state, WorkerState::Ready { .. })
            && running.is_empty()
            && !revoked.is_empty()
            && taking_over.is_none()
            && !worker.has_answered();
        if let Some(item) = taking_over.filter(|_| running.is_empty()) {
            self.note_takeover(&worker, item, (end, stderr), &mut revoked, effects);
        }
        for QueuedItems { call, items } in running {
            for item in items {
                let death = death(&worker, end, (&call, item), stderr);
                let error = TaskError::worker_lost(death);
                self.fail_attempt(call.clone(), item, error, effects);
            }
        }
        self.requeue(revoked);
        worker.outbox().clear();
        if worker.has_answered() {
            self.note_room();
        }
        let said = StderrTail(stderr);
        let reason = || format!("worker {end} before it ran a call{said}");
        if is_starting {
            self.count_failed_start(id, reason(), effects);
        } else if is_idle {
            self.count_idle_death(id, reason(), effects);
        }
    }

    /// Gives the pool up: what is pending, and what comes later, fails with this reason.
    pub(in crate::processes) fn break_down(&mut self, reason: String, effects: &mut Effects) {
        if self.broken.is_none() {
            self.broken = Some(reason.clone());
            effects.broken = true;
            effects.complete(Completion::Broken(reason.clone()));
            effects.wake = true;
            self.fail_pending(&|| TaskError::executor_broken(reason.as_str()), effects);
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
    pub(in crate::processes) fn close(&mut self, effects: &mut Effects) {
        self.is_closed = true;
        effects.wake = true;
    }

    /// How many batches a worker was ever sent.
    pub(in crate::processes) fn sent_batches(&self, id: WorkerId) -> u64 {
        self.workers.get(&id).map_or(0, WorkerRecord::sent_batches)
    }

    /// All workers, in the order they came.
    pub(in crate::processes) fn workers(&self) -> impl Iterator<Item = &WorkerRecord> {
        self.workers.values()
    }

    /// All workers are about to end, for this reason: nothing is tried again.
    pub(in crate::processes) fn note_killing(&mut self, reason: &str) {
        self.is_killed = true;
        for worker in self.workers.values_mut() {
            worker.reason.get_or_insert_with(|| reason.to_owned());
        }
    }

    /// A number that changes whenever a worker comes or goes.
    pub(in crate::processes) fn generation(&self) -> u64 {
        self.generation
    }
}

/// Of a dead worker: what it says of its end itself counts unless the pool has ended it.
fn note_own_end(worker: &mut WorkerRecord) {
    let own = worker
        .table
        .self_exit()
        .map(|exit| exit.reason().to_owned());
    worker.reason = worker.reason.take().or(own);
}

/// How a worker ended that ran this part of a call.
pub(super) fn death(
    worker: &WorkerRecord,
    end: WorkerEnd,
    (call, item): (&EncodedCall, usize),
    stderr: &str,
) -> WorkerDeath {
    WorkerDeath {
        pid: worker.process.id(),
        end,
        task: call.name(),
        arguments: call.bytes().part(item).values_len() as u64,
        takeovers: 0,
        reason: worker.reason.clone(),
        stderr: stderr.to_owned(),
    }
}
