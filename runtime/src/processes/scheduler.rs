//! What is to be done, and who does it: the calls and the workers of one pool, under one lock.
//!
//! ```text
//!   submit --> | queue | --dispatch--> member: in flight --answer--> verdict --> tell
//!                  ^                         |
//!                  `---- recalled, requeued -'   (front of the queue, in the old order)
//! ```
//!
//! - Calls are sent ahead, so that no worker waits for the next one, and taken back as soon as another
//!   worker has nothing to do.
//! - Each function says in [`Next`] what its caller must do once the lock is free: nothing under it blocks
//!   or runs user code.
//! - A part of a call is in the queue, in flight with one member, answered, or withdrawn; never two of these.
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

pub(super) use worker_record::Member;

use super::{
    answers::{Answers, Said},
    encoded_call::{Parcel, Place},
    link::Outbox,
    logs::Logged,
};
use crate::error::TaskError;
use calls::file;
use retries::Resting;
use suspects::Suspects;
use timers::STUCK;

/// Names one worker of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WorkerId(pub(super) u32);

/// What a pool asks of its workers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// How many there may be.
    pub(super) workers: usize,
    /// How many calls each is given.
    pub(super) max_tasks: Option<u64>,
    /// How long one may have nothing to do.
    pub(super) idle_timeout: Option<Duration>,
    /// How long one may take to say hello.
    pub(super) start_limit: Duration,
}

/// The desk.
pub(super) struct Desk {
    rules: Rules,
    queue: VecDeque<Errand>,
    /// Parts in the queue, withdrawn ones included.
    queued: usize,
    resting: Resting,
    suspects: Suspects,
    members: BTreeMap<WorkerId, Member>,
    next_id: u32,
    /// Workers that the supervisor was asked for and has not brought.
    ordered: usize,
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
    tend_at: Option<Instant>,
    /// Changes whenever a member comes or goes.
    roll: u64,
}

/// Parts of one call that are to be sent.
struct Errand {
    parcel: Arc<Parcel>,
    items: Range<usize>,
}

/// What is to be told to a call, on a thread that may run user code.
pub(super) enum Verdict {
    Started(Arc<Parcel>),
    /// Some of it rests until its next attempt.
    Rests(Arc<Parcel>),
    Answered(Arc<Parcel>, Answers),
    Aborted(Arc<Parcel>),
    /// A worker has run its initializer, which gave this.
    Initialized(WorkerId, Vec<u8>),
    /// A worker has said this on standard error.
    Said(Vec<u8>),
    /// A worker has logged this.
    Logged(Box<Logged>),
    /// The pool has broken, for this reason.
    Broke(String),
    /// All before it were told, or are being told while their thread sleeps: a waiter is told.
    Passed(Sender<()>),
}

/// What the caller must do once the lock is free.
#[derive(Default)]
#[must_use]
pub(super) struct Next {
    pub(super) verdicts: Vec<Verdict>,
    /// These have something to send.
    pub(super) flush: Vec<Arc<Outbox>>,
    /// These are to be started.
    pub(super) hire: Vec<WorkerId>,
    /// The thread that serves the links must look again.
    pub(super) wake: bool,
    /// It must do so in a moment: a worker is between its answer and the end of its claim.
    pub(super) in_use: bool,
    /// Every call has ended: whoever waits for that goes on.
    pub(super) quiet: bool,
    /// The pool has just broken.
    pub(super) broke: bool,
}

impl Next {
    fn add_flush(&mut self, outbox: &Arc<Outbox>) {
        if !self.flush.iter().any(|other| Arc::ptr_eq(other, outbox)) {
            self.flush.push(outbox.clone());
        }
    }
}

impl Desk {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            rules,
            queue: VecDeque::new(),
            queued: 0,
            resting: Resting::default(),
            suspects: Suspects::default(),
            members: BTreeMap::new(),
            next_id: 0,
            ordered: 0,
            withdrawn: 0,
            unsettled: 0,
            early_deaths: 0,
            is_closed: false,
            has_left: false,
            is_killed: false,
            broken: None,
            refused_until: None,
            in_use_pause: Duration::ZERO,
            tend_at: None,
            roll: 0,
        }
    }

    /// Takes a call; its parts that are longer than `limit` fail, and those whose arguments alone
    /// are more than they may hold.
    pub(super) fn submit(&mut self, parcel: Arc<Parcel>, limit: u64, next: &mut Next) {
        if !parcel.leave_home() {
            return;
        }
        self.unsettled += 1;
        let len = |item: usize| parcel.bytes().part(item).len() as u64;
        let memory = parcel.memory().unwrap_or(u64::MAX);
        let mut items = 0..parcel.len();
        let most = limit.min(memory);
        if parcel.bytes().joined(items.clone()).len() as u64 > most {
            while let Some(long) = items.clone().find(|item| len(*item) > most) {
                let said = Said::Error(match len(long) {
                    len if len > limit => too_long(len, limit),
                    len => TaskError::memory_exceeded(memory, len),
                });
                self.add_errand(&parcel, items.start..long);
                file(parcel.clone(), long..long + 1, said, next);
                items.start = long + 1;
            }
        }
        self.add_errand(&parcel, items);
        self.dispatch(next);
    }

    fn add_errand(&mut self, parcel: &Arc<Parcel>, items: Range<usize>) {
        if !items.is_empty() {
            let parcel = parcel.clone();
            self.queued += items.len();
            self.queue.push_back(Errand { parcel, items });
        }
    }

    /// Gives members what they have room for, in the order of the queue, and sees that there are members.
    pub(super) fn dispatch(&mut self, next: &mut Next) {
        loop {
            self.deal(next);
            if !self.queue.is_empty() || !self.take_back_for_idle() {
                break;
            }
        }
        self.hire(next);
    }

    /// Deals errands from the front to those who have the least.
    fn deal(&mut self, next: &mut Next) {
        if self.resting.waiting_alone() > 0 {
            self.deal_alone(next);
        }
        while let Some(errand) = self.next_errand() {
            let free = self.members.values_mut().filter(|member| member.has_room());
            let Some(member) = free.min_by_key(|member| member.burden()) else {
                self.put_back(errand);
                return;
            };
            let Errand { parcel, items } = errand;
            let given = member.give(&parcel, items.clone(), Instant::now);
            next.wake |= member.is_wild;
            next.in_use |= given == 0;
            if given > 0 {
                next.add_flush(member.outbox());
                let is_first_behind = member.in_flight() > 1 && member.in_flight() - given <= 1;
                // What waits behind another is looked after as time passes, as is a limit.
                let behind = is_first_behind.then_some(STUCK);
                let looks = [behind, parcel.look_after()];
                let soonest = looks.into_iter().flatten().min();
                next.wake |= is_sooner(soonest, self.tend_at);
            }
            let items = items.start + given..items.end;
            self.put_back(Errand { parcel, items });
        }
    }

    /// Puts an errand to the front of the queue, if there is any of it.
    fn put_back(&mut self, errand: Errand) {
        if !errand.items.is_empty() {
            self.queued += errand.items.len();
            self.queue.push_front(errand);
        }
    }

    /// The first errand, without what was withdrawn from it.
    fn next_errand(&mut self) -> Option<Errand> {
        while let Some(Errand { parcel, items }) = self.queue.pop_front() {
            self.queued -= items.len();
            if self.withdrawn == 0 {
                return Some(Errand { parcel, items });
            }
            let queued = parcel.queued(&items).unwrap_or(items.end..items.end);
            self.withdrawn -= queued.start - items.start;
            self.put_back(Errand {
                parcel: parcel.clone(),
                items: queued.end..items.end,
            });
            if !queued.is_empty() {
                let items = queued;
                return Some(Errand { parcel, items });
            }
        }
        None
    }

    /// Takes calls back from the member with the most, if another has none. True if it did.
    fn take_back_for_idle(&mut self) -> bool {
        let idle = self
            .members
            .values()
            .filter(|member| member.is_free())
            .count();
        if idle == 0 {
            return false;
        }
        let laden = self
            .members
            .values_mut()
            .max_by_key(|member| member.in_flight());
        let Some(laden) = laden.filter(|member| member.in_flight() > 1) else {
            return false;
        };
        // The first is running, or is about to.
        let waiting = laden.in_flight() - 1;
        let share = waiting * idle / (idle + 1);
        let recalled = laden.recall(1, share.max(1));
        let took = !recalled.is_empty();
        self.requeue(recalled);
        took
    }

    /// Puts parts back to the front of the queue, in their order; those that are tried alone wait
    /// beside it.
    fn requeue(&mut self, errands: Vec<Errand>) {
        if self.suspects.is_empty() {
            return self.requeue_all(errands);
        }
        let errands = errands.into_iter();
        let left = errands.flat_map(|errand| self.without_suspects(errand));
        let left = left.collect();
        self.requeue_all(left);
    }

    /// Puts parts back to the front of the queue, in their order.
    fn requeue_all(&mut self, errands: Vec<Errand>) {
        for Errand { parcel, items } in errands.into_iter().rev() {
            if items.is_empty() {
                continue;
            }
            parcel.set_place(items.clone(), Place::Queued);
            match self.queue.front_mut() {
                Some(first)
                    if Arc::ptr_eq(&first.parcel, &parcel) && first.items.start == items.end =>
                {
                    first.items.start = items.start;
                    self.queued += items.len();
                }
                _ => self.put_back(Errand { parcel, items }),
            }
        }
    }

    /// A call's end is told to everybody, or not yet after all.
    pub(super) fn note_settled(&mut self, is_settled: bool, next: &mut Next) {
        if is_settled {
            self.unsettled -= 1;
        } else {
            self.unsettled += 1;
        }
        next.quiet |= self.is_quiet();
        next.wake |= self.is_quiet() && self.is_ending();
    }

    /// Whether every call has ended, and everybody was told.
    pub(super) fn is_quiet(&self) -> bool {
        self.unsettled == 0
    }

    /// Whether nothing is left to be done, and nobody to do it.
    pub(super) fn is_over(&self) -> bool {
        self.is_ending() && self.is_quiet() && self.members.is_empty() && self.ordered == 0
    }

    /// Whether no more calls are taken.
    fn is_ending(&self) -> bool {
        self.is_closed || self.broken.is_some()
    }

    /// How many parts wait in the queue, or will.
    fn waiting(&self) -> usize {
        self.queued - self.withdrawn + self.resting.len()
    }

    /// How many calls run, and how many wait, the parts of a chunk counted one by one.
    pub(super) fn count(&self) -> (usize, usize) {
        let running: usize = self.members.values().map(Member::running).sum();
        let in_flight: usize = self.members.values().map(Member::in_flight).sum();
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
