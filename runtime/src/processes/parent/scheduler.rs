//! The scheduler of one pool: decides which worker gets which call.
//!
//! ```text
//!   submit --> | queue | --dispatch--> worker: in flight --answer--> Completion --> complete
//!                  ^                         |
//!                  `---- revoked, requeued --'   (front of the queue, in the old order)
//! ```
//!
//! It is written sans-IO: a method takes an event and changes the state under the one lock, and
//! says in [`Effects`] what its caller must do once the lock is free. Nothing under the lock blocks
//! or runs user code.
//!
//! What always holds:
//!
//! - An item is in one [`ItemState`]: queued, in flight with one worker, in backoff, done or
//!   withdrawn. It never has two of them.
//! - A worker is sent calls ahead, so that it never waits for the next one; they are revoked as
//!   soon as another worker is idle.
//! - What a worker has claimed stays with it: if it dies, that item fails, and no other.
//!
//! `calls` handles what happens to calls, `workers` what happens to workers, `scaling` how many
//! workers there are, `timers` what happens as time passes.

mod batches;
mod calls;
mod effects;
pub(super) mod encoded_call;
mod limits;
mod retries;
mod revoke;
mod scaling;
mod suspects;
mod timers;
mod worker_record;
mod workers;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

pub(crate) use effects::{Completion, Effects};
pub(crate) use worker_record::WorkerRecord;

use crate::{
    error::TaskError,
    processes::wire::{identity::WorkerId, message::AnswerBody},
};
use calls::finish_items;
use encoded_call::{EncodedCall, ItemRange, ItemState};
use retries::Delayed;
use suspects::Suspects;
use timers::STUCK_AFTER;

/// The limits on the workers of a pool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SchedulerConfig {
    /// The maximum number of workers.
    pub(crate) workers: usize,
    /// The number of calls after which a worker is replaced.
    pub(crate) max_tasks: Option<u64>,
    /// The time after which an idle worker is retired.
    pub(crate) idle_timeout: Option<Duration>,
    /// The time from the start of a worker to its `Hello`.
    pub(crate) start_timeout: Duration,
}

/// The state of one pool's calls and workers; guarded by the pool's lock.
pub(crate) struct Scheduler {
    config: SchedulerConfig,
    queue: VecDeque<QueuedItems>,
    /// Number of items in the queue, withdrawn ones included.
    queued: usize,
    delayed: Delayed,
    suspects: Suspects,
    workers: BTreeMap<WorkerId, WorkerRecord>,
    next_id: u32,
    /// Number of workers that were ordered from the supervisor and have not been spawned.
    spawning: usize,
    /// Number of items in the queue that are withdrawn: stale entries.
    withdrawn: usize,
    /// Number of submitted calls that are not settled.
    unsettled: usize,
    /// Number of workers in a row that ended before they ran a call, or were refused.
    early_deaths: u32,
    is_closed: bool,
    /// Whether calls are refused because the program exits.
    has_left: bool,
    /// Whether the user has ended the workers: nothing is retried then.
    is_killed: bool,
    broken: Option<String>,
    /// When to spawn again after the system refused a worker. `None` once a worker is ready.
    refused_until: Option<Instant>,
    /// The last backoff while waiting for a claim word that is in use; zero if none is.
    in_use_pause: Duration,
    /// When `run_timers` is due.
    next_timer: Option<Instant>,
    /// Incremented whenever a worker is added or removed.
    generation: u64,
}

/// An entry of the queue: items of one call that wait for a worker.
struct QueuedItems {
    call: Arc<EncodedCall>,
    items: ItemRange,
}

impl Scheduler {
    pub(crate) fn new(config: SchedulerConfig) -> Self {
        Self {
            config,
            queue: VecDeque::new(),
            queued: 0,
            delayed: Delayed::default(),
            suspects: Suspects::default(),
            workers: BTreeMap::new(),
            next_id: 0,
            spawning: 0,
            withdrawn: 0,
            unsettled: 0,
            early_deaths: 0,
            is_closed: false,
            has_left: false,
            is_killed: false,
            broken: None,
            refused_until: None,
            in_use_pause: Duration::ZERO,
            next_timer: None,
            generation: 0,
        }
    }

    /// Queues a call. Items whose arguments are longer than `limit`, or than the memory that the
    /// call may use, fail at once.
    pub(crate) fn submit(&mut self, call: Arc<EncodedCall>, limit: u64, effects: &mut Effects) {
        if !call.mark_queued() {
            return;
        }
        self.unsettled += 1;
        let len = |item: usize| call.bytes().part(item).len() as u64;
        let memory = call.memory().unwrap_or(u64::MAX);
        let mut items = 0..call.len();
        let most = limit.min(memory);
        if call.bytes().joined(items.clone()).len() as u64 > most {
            while let Some(long) = items.clone().find(|item| len(*item) > most) {
                let body = AnswerBody::Error(match len(long) {
                    len if len > limit => too_long(len, limit),
                    len => TaskError::memory_exceeded(memory, len),
                });
                self.push_queued(&call, items.start..long);
                finish_items(call.clone(), long..long + 1, body, effects);
                items.start = long + 1;
            }
        }
        self.push_queued(&call, items);
        self.dispatch(effects);
    }

    fn push_queued(&mut self, call: &Arc<EncodedCall>, items: ItemRange) {
        if !items.is_empty() {
            let call = call.clone();
            self.queued += items.len();
            self.queue.push_back(QueuedItems { call, items });
        }
    }

    /// Assigns queued items to workers with capacity, and spawns workers if more are needed.
    pub(crate) fn dispatch(&mut self, effects: &mut Effects) {
        loop {
            self.assign(effects);
            if !self.queue.is_empty() || !self.revoke_for_idle() {
                break;
            }
        }
        self.spawn_workers(effects);
    }

    /// Assigns entries from the front of the queue to the worker with the least load.
    fn assign(&mut self, effects: &mut Effects) {
        if self.delayed.isolated() > 0 {
            self.assign_isolated(effects);
        }
        while let Some(entry) = self.pop_queued() {
            let free = self
                .workers
                .values_mut()
                .filter(|worker| worker.has_capacity());
            let Some(worker) = free.min_by_key(|worker| worker.load()) else {
                self.put_back(entry);
                return;
            };
            let QueuedItems { call, items } = entry;
            let assigned = worker.assign(&call, items.clone(), Instant::now);
            effects.wake |= worker.is_corrupt;
            effects.claim_in_use |= assigned == 0;
            if assigned > 0 {
                effects.add_flush(&worker.outbox);
                let is_first_behind = worker.in_flight() > 1 && worker.in_flight() - assigned <= 1;
                // A call that waits behind another needs a timer, and so does a limit.
                let behind = is_first_behind.then_some(STUCK_AFTER);
                let checks = [behind, call.check_interval()];
                let soonest = checks.into_iter().flatten().min();
                effects.wake |= is_sooner(soonest, self.next_timer);
            }
            let items = items.start + assigned..items.end;
            self.put_back(QueuedItems { call, items });
        }
    }

    /// Puts an entry back at the front of the queue, unless it is empty.
    fn put_back(&mut self, entry: QueuedItems) {
        if !entry.items.is_empty() {
            self.queued += entry.items.len();
            self.queue.push_front(entry);
        }
    }

    /// Takes the first entry, up to the first item of it that is withdrawn.
    fn pop_queued(&mut self) -> Option<QueuedItems> {
        while let Some(QueuedItems { call, items }) = self.queue.pop_front() {
            self.queued -= items.len();
            if self.withdrawn == 0 {
                return Some(QueuedItems { call, items });
            }
            let queued = call.first_queued(&items).unwrap_or(items.end..items.end);
            self.withdrawn -= queued.start - items.start;
            self.put_back(QueuedItems {
                call: call.clone(),
                items: queued.end..items.end,
            });
            if !queued.is_empty() {
                let items = queued;
                return Some(QueuedItems { call, items });
            }
        }
        None
    }

    /// Revokes calls from the worker with the most, if another worker is idle. True if it did.
    fn revoke_for_idle(&mut self) -> bool {
        let idle = self
            .workers
            .values()
            .filter(|worker| worker.is_free())
            .count();
        if idle == 0 {
            return false;
        }
        let busiest = self
            .workers
            .values_mut()
            .max_by_key(|worker| worker.in_flight());
        let Some(busiest) = busiest.filter(|worker| worker.in_flight() > 1) else {
            return false;
        };
        // The first call is running, or about to.
        let waiting = busiest.in_flight() - 1;
        let share = waiting * idle / (idle + 1);
        let revoked = busiest.revoke(1, share.max(1));
        let took = !revoked.is_empty();
        self.requeue(revoked);
        took
    }

    /// Puts items back at the front of the queue, in order; suspects wait beside it instead.
    fn requeue(&mut self, entries: Vec<QueuedItems>) {
        if self.suspects.is_empty() {
            return self.requeue_all(entries);
        }
        let entries = entries.into_iter();
        let left = entries.flat_map(|entry| self.without_suspects(entry));
        let left = left.collect();
        self.requeue_all(left);
    }

    /// Puts items back at the front of the queue, in order.
    fn requeue_all(&mut self, entries: Vec<QueuedItems>) {
        for QueuedItems { call, items } in entries.into_iter().rev() {
            if items.is_empty() {
                continue;
            }
            call.set_state(items.clone(), ItemState::Queued);
            match self.queue.front_mut() {
                Some(first)
                    if Arc::ptr_eq(&first.call, &call) && first.items.start == items.end =>
                {
                    first.items.start = items.start;
                    self.queued += items.len();
                }
                _ => self.put_back(QueuedItems { call, items }),
            }
        }
    }

    /// A call is settled; with `false`, it turns out not to be yet.
    pub(crate) fn note_settled(&mut self, is_settled: bool, effects: &mut Effects) {
        if is_settled {
            self.unsettled -= 1;
        } else {
            self.unsettled += 1;
        }
        effects.idle |= self.is_idle();
        effects.wake |= self.is_idle() && self.is_ending();
    }

    /// Whether every call is settled.
    pub(crate) fn is_idle(&self) -> bool {
        self.unsettled == 0
    }

    /// Whether the pool has ended: no calls, no workers, and none to come.
    pub(crate) fn is_over(&self) -> bool {
        self.is_ending() && self.is_idle() && self.workers.is_empty() && self.spawning == 0
    }

    /// Whether the pool is closed or broken.
    fn is_ending(&self) -> bool {
        self.is_closed || self.broken.is_some()
    }

    /// The number of items that wait: in the queue, or delayed.
    fn waiting(&self) -> usize {
        self.queued - self.withdrawn + self.delayed.len()
    }

    /// The numbers of running and of pending calls; each item of a chunk counts as a call.
    pub(crate) fn count(&self) -> (usize, usize) {
        let running: usize = self.workers.values().map(WorkerRecord::running).sum();
        let in_flight: usize = self.workers.values().map(WorkerRecord::in_flight).sum();
        let pending = in_flight - running + self.waiting();
        if running + pending > 0 {
            return (running, pending);
        }
        // An answered call counts as running until its callbacks have returned.
        (self.unsettled, 0)
    }
}

/// Whether `after` from now is before `moment`; `None` is never.
fn is_sooner(after: Option<Duration>, moment: Option<Instant>) -> bool {
    after.is_some_and(|after| {
        let soon = Instant::now().checked_add(after);
        soon.is_some_and(|soon| moment.is_none_or(|moment| soon < moment))
    })
}

fn too_long(len: u64, limit: u64) -> TaskError {
    TaskError::encode(format!(
        "arguments of {len} bytes exceed the frame limit of {limit}; raise it with `max_frame`"
    ))
}
