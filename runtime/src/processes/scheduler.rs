//! What is to be done, and who does it: the calls and the workers of one pool, under one lock.
//!
//! ```text
//!   submit --> | queue | --dispatch--> worker: in flight --answer--> completion --> tell
//!                  ^                         |
//!                  `---- revoked, requeued -'   (front of the queue, in the old order)
//! ```
//!
//! - Calls are sent ahead, so that no worker waits for the next one, and taken back as soon as another
//!   worker has nothing to do.
//! - Each function says in [`Effects`] what its caller must do once the lock is free: nothing under it blocks
//!   or runs user code.
//! - A part of a call is in the queue, in flight with one worker, answered, or withdrawn; never two of these.
//!
//! `calls` is what happens to calls, `workers` what happens to workers, `scaling` how many workers
//! there are, `timers` what happens as time passes.

mod batches;
mod calls;
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
    ops::Range,
    sync::{Arc, mpsc::Sender},
    time::{Duration, Instant},
};

pub(super) use worker_record::WorkerRecord;

use super::{
    answers::{AnswerBody, CallAnswers},
    encoded_call::{EncodedCall, ItemState},
    link::Outbox,
    logs::Logged,
};
use crate::error::TaskError;
use calls::finish_items;
use retries::Delayed;
use suspects::Suspects;
use timers::STUCK_AFTER;

/// Names one worker of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WorkerId(pub(super) u32);

/// What a pool asks of its workers.
#[derive(Clone, Copy, Debug)]
pub(super) struct SchedulerConfig {
    /// How many there may be.
    pub(super) workers: usize,
    /// How many calls each is given.
    pub(super) max_tasks: Option<u64>,
    /// How long one may have nothing to do.
    pub(super) idle_timeout: Option<Duration>,
    /// How long one may take to say hello.
    pub(super) start_limit: Duration,
}

/// The scheduler.
pub(super) struct Scheduler {
    config: SchedulerConfig,
    queue: VecDeque<QueuedItems>,
    /// Parts in the queue, withdrawn ones included.
    queued: usize,
    delayed: Delayed,
    suspects: Suspects,
    workers: BTreeMap<WorkerId, WorkerRecord>,
    next_id: u32,
    /// Workers that the supervisor was asked for and has not brought.
    spawning: usize,
    /// Parts in the queue that were withdrawn.
    withdrawn: usize,
    /// Calls whose end nobody has told yet.
    unsettled: usize,
    /// Workers in a row that ended before they had run a call, or were refused.
    early_deaths: u32,
    is_closed: bool,
    /// Whether no more calls are taken because the program leaves.
    has_left: bool,
    /// Whether its workers were ended on purpose.
    is_killed: bool,
    broken: Option<String>,
    /// When to ask for a worker again after the system has refused one, until one has become ready.
    refused_until: Option<Instant>,
    /// How long the last pause was for a claim that is in use, if one was.
    in_use_pause: Duration,
    /// When it is tended next, if not earlier.
    next_timer: Option<Instant>,
    /// Changes whenever a worker comes or goes.
    generation: u64,
}

/// Parts of one call that are to be sent.
struct QueuedItems {
    call: Arc<EncodedCall>,
    items: Range<usize>,
}

/// What is to be told to a call, on a thread that may run user code.
pub(super) enum Completion {
    Started(Arc<EncodedCall>),
    /// Some of it rests until its next attempt.
    BackingOff(Arc<EncodedCall>),
    Answered(Arc<EncodedCall>, CallAnswers),
    Aborted(Arc<EncodedCall>),
    /// A worker has run its initializer, which gave this.
    Initialized(WorkerId, Vec<u8>),
    /// A worker has said this on standard error.
    Stderr(Vec<u8>),
    /// A worker has logged this.
    Logged(Box<Logged>),
    /// The pool has broken, for this reason.
    Broken(String),
    /// All before it were told, or are being told while their thread sleeps: a waiter is told.
    Barrier(Sender<()>),
}

/// What the caller must do once the lock is free.
#[derive(Default)]
#[must_use]
pub(super) struct Effects {
    pub(super) completions: Vec<Completion>,
    /// These have something to send.
    pub(super) flush: Vec<Arc<Outbox>>,
    /// These are to be started.
    pub(super) spawn: Vec<WorkerId>,
    /// The thread that serves the links must look again.
    pub(super) wake: bool,
    /// It must do so in a moment: a worker is between its answer and the end of its claim.
    pub(super) claim_in_use: bool,
    /// Every call has ended: whoever waits for that goes on.
    pub(super) idle: bool,
    /// The pool has just broken.
    pub(super) broken: bool,
}

impl Effects {
    pub(super) fn complete(&mut self, completion: Completion) {
        self.completions.push(completion);
    }

    fn add_flush(&mut self, outbox: &Arc<Outbox>) {
        if !self.flush.iter().any(|other| Arc::ptr_eq(other, outbox)) {
            self.flush.push(outbox.clone());
        }
    }
}

impl Scheduler {
    pub(super) fn new(config: SchedulerConfig) -> Self {
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

    /// Takes a call; its parts that are longer than `limit` fail, and those whose arguments alone
    /// are more than they may hold.
    pub(super) fn submit(&mut self, call: Arc<EncodedCall>, limit: u64, effects: &mut Effects) {
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
                let said = AnswerBody::Error(match len(long) {
                    len if len > limit => too_long(len, limit),
                    len => TaskError::memory_exceeded(memory, len),
                });
                self.push_queued(&call, items.start..long);
                finish_items(call.clone(), long..long + 1, said, effects);
                items.start = long + 1;
            }
        }
        self.push_queued(&call, items);
        self.dispatch(effects);
    }

    fn push_queued(&mut self, call: &Arc<EncodedCall>, items: Range<usize>) {
        if !items.is_empty() {
            let call = call.clone();
            self.queued += items.len();
            self.queue.push_back(QueuedItems { call, items });
        }
    }

    /// Gives workers what they have room for, in the order of the queue, and sees that there are workers.
    pub(super) fn dispatch(&mut self, effects: &mut Effects) {
        loop {
            self.assign(effects);
            if !self.queue.is_empty() || !self.revoke_for_idle() {
                break;
            }
        }
        self.spawn_workers(effects);
    }

    /// Deals entries from the front to those who have the least.
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
                effects.add_flush(worker.outbox());
                let is_first_behind = worker.in_flight() > 1 && worker.in_flight() - assigned <= 1;
                // What waits behind another is looked after as time passes, as is a limit.
                let behind = is_first_behind.then_some(STUCK_AFTER);
                let checks = [behind, call.check_interval()];
                let soonest = checks.into_iter().flatten().min();
                effects.wake |= is_sooner(soonest, self.next_timer);
            }
            let items = items.start + assigned..items.end;
            self.put_back(QueuedItems { call, items });
        }
    }

    /// Puts an entry to the front of the queue, if there is any of it.
    fn put_back(&mut self, entry: QueuedItems) {
        if !entry.items.is_empty() {
            self.queued += entry.items.len();
            self.queue.push_front(entry);
        }
    }

    /// The first entry, without what was withdrawn from it.
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

    /// Takes calls back from the worker with the most, if another has none. True if it did.
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
        // The first is running, or is about to.
        let waiting = busiest.in_flight() - 1;
        let share = waiting * idle / (idle + 1);
        let revoked = busiest.revoke(1, share.max(1));
        let took = !revoked.is_empty();
        self.requeue(revoked);
        took
    }

    /// Puts parts back to the front of the queue, in their order; those that are tried alone wait
    /// beside it.
    fn requeue(&mut self, entries: Vec<QueuedItems>) {
        if self.suspects.is_empty() {
            return self.requeue_all(entries);
        }
        let entries = entries.into_iter();
        let left = entries.flat_map(|entry| self.without_suspects(entry));
        let left = left.collect();
        self.requeue_all(left);
    }

    /// Puts parts back to the front of the queue, in their order.
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

    /// A call's end is told to everybody, or not yet after all.
    pub(super) fn note_settled(&mut self, is_settled: bool, effects: &mut Effects) {
        if is_settled {
            self.unsettled -= 1;
        } else {
            self.unsettled += 1;
        }
        effects.idle |= self.is_idle();
        effects.wake |= self.is_idle() && self.is_ending();
    }

    /// Whether every call has ended, and everybody was told.
    pub(super) fn is_idle(&self) -> bool {
        self.unsettled == 0
    }

    /// Whether nothing is left to be done, and nobody to do it.
    pub(super) fn is_over(&self) -> bool {
        self.is_ending() && self.is_idle() && self.workers.is_empty() && self.spawning == 0
    }

    /// Whether no more calls are taken.
    fn is_ending(&self) -> bool {
        self.is_closed || self.broken.is_some()
    }

    /// How many parts wait in the queue, or will.
    fn waiting(&self) -> usize {
        self.queued - self.withdrawn + self.delayed.len()
    }

    /// How many calls run, and how many wait, the parts of a chunk counted one by one.
    pub(super) fn count(&self) -> (usize, usize) {
        let running: usize = self.workers.values().map(WorkerRecord::running).sum();
        let in_flight: usize = self.workers.values().map(WorkerRecord::in_flight).sum();
        let pending = in_flight - running + self.waiting();
        if running + pending > 0 {
            return (running, pending);
        }
        // What has answered is running still while its callbacks do.
        (self.unsettled, 0)
    }
}

/// Whether so much time passes before that moment, if it ever comes.
fn is_sooner(after: Option<Duration>, moment: Option<Instant>) -> bool {
    after.is_some_and(|after| {
        let soon = Instant::now().checked_add(after);
        soon.is_some_and(|soon| moment.is_none_or(|moment| soon < moment))
    })
}

fn too_long(len: u64, limit: u64) -> TaskError {
    TaskError::encode(format!(
        "arguments of {len} bytes exceed the frame limit of {limit}; raise it with `frame_limit`"
    ))
}
