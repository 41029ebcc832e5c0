//! Events of workers: spawned, ready, disconnected, ended; and the end of the pool with them.
//!
//! When a worker ends, its claim words say what becomes of each of its calls: a claimed item failed
//! with the worker, an answered one is done, all others are revoked and run elsewhere.

use std::time::Instant;

use super::{
    Completion, Effects, QueuedItems, Scheduler, WorkerId, WorkerRecord, encoded_call::EncodedCall,
    worker_record::WorkerState,
};
use crate::{
    error::{StderrTail, TaskError, WorkerDeath, WorkerEnd},
    exit,
    processes::{parent::handle::SpawnedWorker, wire::message::ProtocolError},
};

impl Scheduler {
    /// The supervisor has spawned a worker.
    pub(crate) fn spawned(&mut self, id: WorkerId, started: SpawnedWorker, effects: &mut Effects) {
        self.spawning -= 1;
        self.generation += 1;
        let worker = WorkerRecord::new(id, started, &self.config);
        // The welcome may be longer than what the socket took.
        effects.add_flush(&worker.outbox);
        effects.wake = true;
        self.workers.insert(id, worker);
    }

    /// A greeting has arrived: `Hello`, or `Unready`. There is only one of a worker.
    pub(crate) fn greeted(&mut self, id: WorkerId) -> Result<(), ProtocolError> {
        let is_first = self.workers.get_mut(&id).is_none_or(WorkerRecord::greet);
        is_first.then_some(()).ok_or(ProtocolError)
    }

    /// A worker has said hello, and its initializer has succeeded.
    pub(crate) fn ready(&mut self, id: WorkerId, effects: &mut Effects) {
        // The worker may not be needed any more.
        effects.wake = true;
        if let Some(worker) = self.workers.get_mut(&id)
            && matches!(worker.state, WorkerState::Starting { .. })
        {
            worker.become_ready();
            worker.has_begun = true;
            self.refused_until = None;
        }
    }

    /// A worker has closed its connection: it is about to end, or will be killed.
    pub(crate) fn connection_closed(&mut self, id: WorkerId, effects: &mut Effects) {
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

    /// Kills a worker that broke the protocol or missed a deadline.
    pub(crate) fn reject(&mut self, id: WorkerId, reason: String, effects: &mut Effects) {
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

    /// A worker has ended, and everything that it sent was read. `stderr` is the tail of its
    /// standard error.
    pub(crate) fn reap(
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
        // An honest worker claims one item at a time; a corrupt one may have claimed more.
        let running = worker.batches.iter().map(|batch| QueuedItems {
            call: batch.call.clone(),
            items: batch.unanswered(),
        });
        let running: Vec<QueuedItems> = running.collect();
        let is_starting = matches!(worker.state, WorkerState::Starting { .. });
        // It had calls, claimed none of them, and never ran one.
        let is_idle = matches!(worker.state, WorkerState::Ready { .. })
            && running.is_empty()
            && !revoked.is_empty()
            && taking_over.is_none()
            && !worker.has_answered;
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
        worker.outbox.clear();
        if worker.has_answered {
            self.resources_freed();
        }
        let said = StderrTail(stderr);
        let reason = || format!("worker {end} before it ran a call{said}");
        if is_starting {
            self.count_failed_start(id, reason(), effects);
        } else if is_idle {
            self.count_idle_death(id, reason(), effects);
        }
    }

    /// Breaks the pool: pending and later calls fail with this reason.
    pub(crate) fn break_down(&mut self, reason: String, effects: &mut Effects) {
        if self.broken.is_none() {
            self.broken = Some(reason.clone());
            effects.broken = true;
            effects.complete(Completion::Broken(reason.clone()));
            effects.wake = true;
            self.fail_pending(&|| TaskError::executor_broken(reason.as_str()), effects);
        }
    }

    /// The reason why the pool refuses calls, if it does.
    pub(crate) fn refusal(&self) -> Option<TaskError> {
        if let Some(error) = self.broken() {
            return Some(error);
        }
        if self.has_left {
            return Some(exit::refusal());
        }
        let closed = "executor is shut down; submit before calling shutdown";
        self.is_closed.then(|| TaskError::rejected(closed))
    }

    /// The error of every call if the pool is broken.
    pub(crate) fn broken(&self) -> Option<TaskError> {
        let reason = self.broken.as_ref()?;
        Some(TaskError::executor_broken(reason.as_str()))
    }

    /// Whether the pool is closed, though not broken.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed || self.has_left
    }

    /// Refuses calls because the program exits; the workers end with it.
    pub(crate) fn leave(&mut self) {
        self.has_left = true;
    }

    /// Refuses calls from here on.
    pub(crate) fn close(&mut self, effects: &mut Effects) {
        self.is_closed = true;
        effects.wake = true;
    }

    /// The number of batches that a worker was ever sent.
    pub(crate) fn sent_batches(&self, id: WorkerId) -> u64 {
        self.workers.get(&id).map_or(0, WorkerRecord::sent_batches)
    }

    /// All workers, the oldest first.
    pub(crate) fn workers(&self) -> impl Iterator<Item = &WorkerRecord> {
        self.workers.values()
    }

    /// The user ends all workers, for this reason: nothing is retried.
    pub(crate) fn note_killing(&mut self, reason: &str) {
        self.is_killed = true;
        for worker in self.workers.values_mut() {
            worker.reason.get_or_insert_with(|| reason.to_owned());
        }
    }

    /// A counter that changes whenever a worker is added or removed.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }
}

/// The reason that a dead worker itself left in its table counts, unless the pool has ended it.
fn note_own_end(worker: &mut WorkerRecord) {
    let own = worker
        .table
        .self_exit()
        .map(|exit| exit.reason().to_owned());
    worker.reason = worker.reason.take().or(own);
}

/// The death of the worker that ran this item.
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
