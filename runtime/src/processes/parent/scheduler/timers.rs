//! What happens as time passes: limits of calls, idle workers, workers that are late.
//!
//! The reactor calls [`Scheduler::run_timers`] when the moment that it returned has come, and
//! whenever `Effects::wake` was set. There is no timer wheel: each run visits all workers, of which
//! there are few, and returns the earliest moment of all.
//!
//! A worker that makes no progress loses the calls that it has not claimed:
//!
//! ```text
//!   claimed one, others wait behind it      others revoked after STUCK_AFTER
//!   claimed nothing, another worker idle    all revoked, nothing more for COOL_DOWN
//!   claimed nothing, the call has a limit   killed after the limit, or CLAIM_LIMIT
//! ```

use std::time::{Duration, Instant};

use super::{
    Effects, QueuedItems, Scheduler, SchedulerConfig, WorkerId,
    batches::Batch,
    calls::{Ending, finish_items},
    limits::{LimitCheck, MAX_PAUSE},
    scaling::KILL_GRACE,
    worker_record::{BYTES_AHEAD, WorkerRecord, WorkerState},
};
use crate::{
    error::TaskError,
    processes::{
        shared::claims::{BatchNumber, Observed},
        wire::message::AnswerBody,
    },
};

/// The time from the request to exit to the kill.
const LEAVE_LIMIT: Duration = Duration::from_secs(5);

/// The time after which calls behind a slow one are revoked.
pub(super) const STUCK_AFTER: Duration = Duration::from_millis(5);

/// The time from an answer to the next look at its claim word; doubled each time.
const CLAIM_RECHECK: Duration = Duration::from_millis(1);

/// The number of workers in a row that may fail to claim one call with a limit.
const LATE_WORKERS: u32 = 3;

/// The cool-down: a worker that did not claim its calls is assigned none while others have
/// capacity.
const COOL_DOWN: Duration = Duration::from_secs(1);

impl Scheduler {
    /// Does what is due. Returns when the next timer is due.
    pub(crate) fn run_timers(&mut self, effects: &mut Effects) -> Option<Instant> {
        self.dispatch(effects);
        let now = Instant::now();
        let is_any_free = self.workers.values().any(WorkerRecord::is_free);
        let ids: Vec<WorkerId> = self.workers.keys().copied().collect();
        let next_retry = self.requeue_due(now);
        let next_try = self.refused_until.filter(|moment| *moment > now);
        let mut moments: Vec<Option<Instant>> = vec![next_retry, next_try];
        for id in ids {
            self.note_progress(id, now);
            moments.push(self.check_limits(id, now, effects));
            moments.push(self.check_state(id, now, effects));
            moments.push(self.check_stuck(id, now, is_any_free));
        }
        // What is assigned from here on sets a timer of its own.
        self.next_timer = None;
        self.dispatch(effects);
        moments.push(self.pause_in_use(now, std::mem::take(&mut effects.claim_in_use)));
        self.next_timer = moments.into_iter().flatten().min();
        self.next_timer
    }

    /// A worker that reads its socket makes progress.
    fn note_progress(&mut self, id: WorkerId, now: Instant) {
        if let Some(worker) = self.workers.get_mut(&id) {
            let rest = worker.outbox.unsent();
            if std::mem::replace(&mut worker.rest_seen, rest) != rest {
                worker.last_progress = now;
            }
        }
    }

    /// When to look again at a claim word that is in use: a stopped worker may keep it for long.
    fn pause_in_use(&mut self, now: Instant, is_in_use: bool) -> Option<Instant> {
        self.in_use_pause = if is_in_use {
            (self.in_use_pause * 2).clamp(CLAIM_RECHECK, MAX_PAUSE)
        } else {
            Duration::ZERO
        };
        is_in_use.then(|| now + self.in_use_pause)
    }

    /// Ends the running item of the worker if it exceeds a limit.
    fn check_limits(
        &mut self,
        id: WorkerId,
        now: Instant,
        effects: &mut Effects,
    ) -> Option<Instant> {
        let worker = self.workers.get_mut(&id)?;
        if worker.is_killed() {
            return None;
        }
        for number in worker.due(now) {
            match worker.check_batch(number, now) {
                None => continue,
                Some(LimitCheck::Exceeded(position, error)) => {
                    self.end_running(id, number, position, Ending::Limit(error), effects);
                }
                Some(LimitCheck::Unclaimed) => self.end_late(id, number, effects),
            }
            break;
        }
        let worker = self.workers.get(&id)?;
        let checks = worker.batches.iter().filter_map(Batch::next_check);
        checks.min()
    }

    /// Kills a worker that does not claim this batch; the call runs elsewhere. A call that
    /// `LATE_WORKERS` in a row did not claim fails: it may be the cause.
    fn end_late(&mut self, id: WorkerId, number: BatchNumber, effects: &mut Effects) {
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        let Some(batch) = worker.batch(number) else {
            return;
        };
        let call = batch.call.clone();
        let mut items = worker.revoke_batch(number);
        if items.is_empty() {
            // It has just claimed it.
            return;
        }
        if call.note_late(items.start) >= LATE_WORKERS {
            let reason = format!("{LATE_WORKERS} workers in a row did not come for it");
            let body = AnswerBody::Error(TaskError::worker_lost(reason));
            finish_items(call.clone(), items.start..items.start + 1, body, effects);
            items.start += 1;
        }
        let reason = "it did not come for a call with a limit".to_owned();
        self.requeue(vec![QueuedItems { call, items }]);
        self.reject(id, reason, effects);
    }

    /// The reactor does not read these workers now, and reads all others.
    pub(crate) fn note_throttled(&mut self, throttled: &[WorkerId]) {
        for (id, worker) in &mut self.workers {
            worker.is_throttled = throttled.contains(id);
        }
    }

    /// Checks the deadline of a worker's state: to start, to be idle, to leave, to end.
    fn check_state(
        &mut self,
        id: WorkerId,
        now: Instant,
        effects: &mut Effects,
    ) -> Option<Instant> {
        let SchedulerConfig {
            start_timeout,
            idle_timeout,
            ..
        } = self.config;
        let is_done = self.is_ending() && self.has_nothing_to_do();
        let worker = self.workers.get_mut(&id)?;
        if let Some((deadline, reason)) = worker.kill_deadline(start_timeout) {
            if now >= deadline {
                self.reject(id, reason, effects);
                return None;
            }
            if !(is_done && matches!(worker.state, WorkerState::Starting { .. })) {
                return Some(deadline);
            }
        }
        match worker.state {
            WorkerState::Starting { .. } if is_done => Some(retire(worker, now, effects)),
            WorkerState::Ready {
                idle_since: Some(since),
            } if worker.in_flight() == 0 => {
                let deadline = idle_timeout.and_then(|limit| since.checked_add(limit));
                let is_over = deadline.is_some_and(|deadline| now >= deadline);
                if is_done || is_over || !worker.is_staying() {
                    return Some(retire(worker, now, effects));
                }
                deadline
            }
            WorkerState::Leaving { since } => {
                let deadline = since + LEAVE_LIMIT;
                if now >= deadline {
                    worker.kill(None);
                }
                Some(deadline).filter(|deadline| now < *deadline)
            }
            WorkerState::Killed { since } => {
                let moment = since + KILL_GRACE;
                Some(moment).filter(|moment| now < *moment)
            }
            _ => None,
        }
    }

    /// Revokes calls from a worker without progress: those behind the one that it runs; that one
    /// too, if it is not claimed and another worker is idle.
    fn check_stuck(&mut self, id: WorkerId, now: Instant, is_any_free: bool) -> Option<Instant> {
        let worker = self.workers.get_mut(&id)?;
        if worker.is_killed() {
            return None;
        }
        worker.recheck_capacity();
        if let Some(since) = worker.unresponsive_since {
            let end = since + COOL_DOWN;
            worker.unresponsive_since = worker.unresponsive_since.filter(|_| now < end);
            return Some(end);
        }
        let seen = worker.observe(worker.batches.first()?);
        if let Some(over_by) = ends_wrong(worker, seen, now) {
            worker.is_corrupt |= now >= over_by;
            return Some(over_by.max(now));
        }
        let is_unclaimed = seen == Observed::Sent;
        if worker.in_flight() == 1 && !is_unclaimed {
            return None;
        }
        let due = worker.last_progress + worker.patience(is_unclaimed);
        if now < due {
            return Some(due);
        }
        if is_unclaimed && worker.batches.first()?.is_isolated {
            // Tried alone: it is claimed, or its worker ends.
            return None;
        }
        if is_unclaimed && !is_any_free {
            // No other worker could claim it.
            return Some(now + COOL_DOWN);
        }
        if is_unclaimed {
            worker.unresponsive_since = Some(now);
        } else {
            // From here on it is assigned one call at a time.
            worker.window = 1;
        }
        let revoked = worker.revoke_all();
        self.requeue(revoked);
        is_unclaimed.then(|| now + COOL_DOWN)
    }

    fn has_nothing_to_do(&self) -> bool {
        self.waiting() == 0 && self.workers.values().all(|worker| worker.in_flight() == 0)
    }
}

impl WorkerRecord {
    /// The time without progress after which its calls are revoked. A worker that receives much
    /// claims late.
    fn patience(&self, is_unclaimed: bool) -> Duration {
        let is_much = self.batches.bytes() > BYTES_AHEAD;
        if is_unclaimed && is_much {
            COOL_DOWN
        } else {
            STUCK_AFTER
        }
    }
}

/// The moment from which a worker counts as corrupt, by what its first batch shows; `None` if all
/// is well.
fn ends_wrong(worker: &mut WorkerRecord, seen: Observed, now: Instant) -> Option<Instant> {
    match seen {
        Observed::Corrupt => Some(now),
        // The answers arrive soon, or it was never run.
        Observed::Over => Some(worker.note_over(now)? + LEAVE_LIMIT),
        Observed::Sent | Observed::Claimed(_) => None,
    }
}

/// Asks a worker to exit. Returns the moment by which it has to be gone.
fn retire(worker: &mut WorkerRecord, now: Instant, effects: &mut Effects) -> Instant {
    worker.retire();
    effects.add_flush(&worker.outbox);
    now + LEAVE_LIMIT
}
