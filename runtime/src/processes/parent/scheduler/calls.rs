//! What happens to calls: answers, cancellation, abort.

use std::{collections::HashSet, sync::Arc, time::Instant};

use super::{
    Completion, Effects, QueuedItems, Scheduler, WorkerId,
    encoded_call::{EncodedCall, ItemRange, ItemState},
    revoke::Condemned,
};
use crate::{
    error::{TaskError, TaskErrorKind},
    processes::{
        shared::claims::{BatchNumber, Observed},
        wire::message::{Answer, AnswerBody, ProtocolError},
    },
};

impl Scheduler {
    /// A worker has answered items of a batch.
    pub(crate) fn answered(
        &mut self,
        id: WorkerId,
        answer: Answer,
        effects: &mut Effects,
    ) -> Result<(), ProtocolError> {
        let Answer {
            number,
            items,
            body,
        } = answer;
        let Some(worker) = self.workers.get_mut(&id) else {
            return Ok(());
        };
        match worker.answer(number, items) {
            Some((call, items)) => {
                // It may have to be retired: at once, or after the idle timeout.
                let may_go = self.config.idle_timeout.is_some() || !worker.is_staying();
                effects.wake |= may_go && worker.in_flight() == 0;
                finish_items(call, items, body, effects);
            }
            // A killed worker may still answer the call that was taken from it: ignored.
            None if worker.is_killed() => {}
            None => return Err(ProtocolError),
        }
        Ok(())
    }

    /// A worker has answered `answers` calls since its last progress.
    pub(crate) fn answers_received(&mut self, id: WorkerId, answers: u32, effects: &mut Effects) {
        if let Some(worker) = self.workers.get_mut(&id)
            && answers > 0
        {
            let now = Instant::now();
            self.early_deaths = 0;
            worker.note_pace(answers, now);
            let next_check = worker.hasten_check(now);
            effects.wake |=
                next_check.is_some_and(|at| self.next_timer.is_none_or(|tend| at < tend));
        }
    }

    /// A worker has started a call.
    pub(crate) fn started(
        &mut self,
        id: WorkerId,
        number: BatchNumber,
        effects: &mut Effects,
    ) -> Result<(), ProtocolError> {
        let worker = self.workers.get_mut(&id);
        let Some(batch) = worker.and_then(|worker| worker.batches.get_mut(number)) else {
            return Ok(());
        };
        if std::mem::replace(&mut batch.has_started, true) {
            return Err(ProtocolError);
        }
        effects.complete(Completion::Started(batch.call.clone()));
        Ok(())
    }

    /// Cancels a call: withdraws every item that no worker has claimed. False if an item has
    /// started; the call then goes on without the withdrawn ones.
    pub(crate) fn revoke(&mut self, call: &Arc<EncodedCall>, effects: &mut Effects) -> bool {
        let Withdrawn {
            items: withdrawn,
            has_started,
            was_submitted,
        } = self.withdraw(call);
        if call.is_long() {
            self.sweep_out(call);
        }
        self.sweep();
        // A worker may have capacity again, or be idle.
        effects.wake |= !withdrawn.is_empty();
        if !has_started {
            self.unsettled -= usize::from(was_submitted && !withdrawn.is_empty());
            effects.idle |= self.is_idle();
            return true;
        }
        // The call goes on: the withdrawn items need an answer too.
        for items in withdrawn {
            let body = AnswerBody::Error(TaskError::cancelled());
            finish_items(call.clone(), items, body, effects);
        }
        self.dispatch(effects);
        false
    }

    /// Withdraws every item of a call that no worker has claimed.
    fn withdraw(&mut self, call: &Arc<EncodedCall>) -> Withdrawn {
        let mut has_started = false;
        let mut was_submitted = false;
        let mut withdrawn = Vec::new();
        for (items, state) in call.item_states() {
            was_submitted |= state != ItemState::New;
            match state {
                ItemState::New => withdrawn.push(items),
                ItemState::Queued => {
                    self.withdrawn += items.len();
                    withdrawn.push(items);
                }
                ItemState::Backoff => {
                    self.delayed.remove(call);
                    withdrawn.push(items);
                }
                ItemState::InFlight(id, number) => {
                    let worker = self.workers.get_mut(&id);
                    let taken = worker.map_or(0..0, |worker| worker.revoke_batch(number));
                    has_started |= taken.len() < items.len();
                    withdrawn.push(taken);
                }
                ItemState::Done => has_started = true,
                ItemState::Withdrawn => {}
            }
        }
        withdrawn.retain(|items| !items.is_empty());
        for items in &withdrawn {
            call.set_state(items.clone(), ItemState::Withdrawn);
        }
        Withdrawn {
            items: withdrawn,
            has_started,
            was_submitted,
        }
    }

    /// Removes the stale entries of a long call, so that its bytes are freed now and not when the
    /// entries reach the front.
    fn sweep_out(&mut self, call: &Arc<EncodedCall>) {
        let mut left = call.count_withdrawn(&(0..call.len()));
        let is_of = |entry: &QueuedItems| Arc::ptr_eq(&entry.call, call);
        while left > 0
            && let Some(index) = self.queue.iter().position(is_of)
            && let Some(entry) = self.queue.remove(index)
        {
            self.queued -= entry.items.len();
            let withdrawn = call.count_withdrawn(&entry.items);
            self.withdrawn -= withdrawn;
            left -= withdrawn;
        }
    }

    /// Removes all stale entries once they make up half of the queue.
    fn sweep(&mut self) {
        if self.withdrawn * 2 > self.queued + 16 {
            let is_queued = |entry: &QueuedItems| entry.call.first_queued(&entry.items).is_some();
            self.queue.retain(is_queued);
            let withdrawn = |entry: &QueuedItems| entry.call.count_withdrawn(&entry.items);
            self.withdrawn = self.queue.iter().map(withdrawn).sum();
            self.queued = self.queue.iter().map(|entry| entry.items.len()).sum();
        }
    }

    /// Whether a worker runs the call.
    pub(crate) fn has_started(&self, call: &EncodedCall) -> bool {
        let mut states = call.item_states().into_iter();
        states.any(|(_, state)| self.running(state).is_some())
    }

    /// The worker, batch and position of an item that is running; `None` if it is not.
    fn running(&self, state: ItemState) -> Option<(WorkerId, BatchNumber, usize)> {
        let ItemState::InFlight(id, number) = state else {
            return None;
        };
        let worker = self.workers.get(&id)?;
        let position = worker.running_item(worker.batch(number)?)?;
        Some((id, number, position))
    }

    /// Kills the workers that run items of the call. False if there are none.
    pub(crate) fn abort(&mut self, call: &EncodedCall, effects: &mut Effects) -> bool {
        let mut is_aborted = false;
        for (_, state) in call.item_states() {
            if let Some((id, number, position)) = self.running(state) {
                is_aborted |= self.end_running(id, number, position, Ending::Abort, effects);
            }
        }
        if is_aborted {
            self.dispatch(effects);
        }
        is_aborted
    }

    /// Kills the worker that runs the item at `position` of a batch, and ends the item. False if
    /// the item is not running any more.
    pub(super) fn end_running(
        &mut self,
        id: WorkerId,
        number: BatchNumber,
        position: usize,
        ending: Ending,
        effects: &mut Effects,
    ) -> bool {
        let worker = self.workers.get_mut(&id);
        let condemned = worker.and_then(|worker| worker.condemn(number, position));
        let Some(Condemned { call, items, rest }) = condemned else {
            return false;
        };
        self.requeue(rest);
        match ending {
            Ending::Abort if call.len() == 1 => {
                call.set_state(items, ItemState::Withdrawn);
                effects.complete(Completion::Aborted(call));
            }
            Ending::Abort => finish_items(
                call,
                items,
                AnswerBody::Error(TaskError::cancelled()),
                effects,
            ),
            Ending::Limit(error) if error.is_timed_out() && call.retries_timeouts() => {
                self.fail_attempt(call, items.start, error, effects);
            }
            Ending::Limit(error) => finish_items(call, items, AnswerBody::Error(error), effects),
        }
        true
    }

    /// All calls that no worker has started, the oldest first.
    pub(crate) fn pending(&self) -> Vec<Arc<EncodedCall>> {
        let sent = self.workers.values().flat_map(|worker| {
            let batches = worker.batches.iter();
            batches.filter(|batch| worker.observe(batch) == Observed::Sent)
        });
        let sent = sent.map(|batch| &batch.call);
        let is_queued = |entry: &&QueuedItems| entry.call.first_queued(&entry.items).is_some();
        let queued = self.queue.iter().filter(is_queued).map(|entry| &entry.call);
        let queued = self.delayed.calls().chain(queued);
        let mut seen = HashSet::new();
        let pending = sent
            .chain(queued)
            .filter(|call| seen.insert(Arc::as_ptr(call)));
        pending.cloned().collect()
    }

    /// Fails every item that no worker has claimed.
    pub(super) fn fail_pending(&mut self, error: &dyn Fn() -> TaskError, effects: &mut Effects) {
        let revoked = self
            .workers
            .values_mut()
            .flat_map(super::WorkerRecord::revoke_all);
        let revoked: Vec<QueuedItems> = revoked.collect();
        self.requeue(revoked);
        self.requeue_delayed();
        while let Some(QueuedItems { call, items }) = self.pop_queued() {
            finish_items(call, items, AnswerBody::Error(error()), effects);
        }
    }
}

/// What a cancel finds of a call.
struct Withdrawn {
    /// The items that it withdrew.
    items: Vec<ItemRange>,
    /// Whether an item has started.
    has_started: bool,
    /// Whether the call was submitted before.
    was_submitted: bool,
}

/// Why a running item is ended.
pub(super) enum Ending {
    /// The caller aborted it.
    Abort,
    /// It exceeded a limit.
    Limit(TaskError),
}

/// Records the answer to `items`; completes the call if it was the last.
pub(super) fn finish_items(
    call: Arc<EncodedCall>,
    items: ItemRange,
    body: AnswerBody,
    effects: &mut Effects,
) {
    let body = match body {
        // The error has no clones yet, so it can still be extended.
        AnswerBody::Error(error) => {
            let failures = call.failures(items.start);
            let attempts = match error.kind() {
                // Not an attempt of its own: it was in backoff, or never started.
                TaskErrorKind::Cancelled | TaskErrorKind::ExecutorBroken => failures.max(1),
                _ => failures + 1,
            };
            AnswerBody::Error(error.of_task(&call.name()).with_attempts(attempts))
        }
        body => body,
    };
    if let Some(answers) = call.finish_items(items, body) {
        effects.complete(Completion::Answered(call, answers));
    }
}
