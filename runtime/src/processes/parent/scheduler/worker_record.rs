//! One worker as the scheduler knows it: its state, its batches, and how much it may be sent.
//!
//! ```text
//!   Starting --hello--> Ready --retire--> Leaving
//!       |                 |                  |
//!       `-----------------`---- killed ------`----> its process is reaped, the record dropped
//! ```
//!
//! Flow control: the calls in flight are limited by a window, which follows the pace of the worker
//! (about `WORK_AHEAD` of work), and by the size of their arguments. Filling begins when less than
//! half of the window is in flight, so that several items go out in one batch.

use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    SchedulerConfig, WorkerId,
    batches::{Batch, Batches, Watch},
    encoded_call::{EncodedCall, ItemRange, ItemState},
};
use crate::processes::{
    parent::handle::{SpawnedWorker, outbox::Outbox, process::Process},
    shared::{
        claims::{BatchNumber, Handover, MAX_ITEMS, Observed},
        table::{Table, WORDS, clock},
    },
    wire::{
        batch::{Arguments, CallBatch},
        message,
    },
};

/// The maximum window: calls in flight with one worker; each item of a chunk counts.
const MAX_WINDOW: usize = MAX_ITEMS / 2;

/// The maximum number of batches in flight with one worker.
pub(super) const MAX_BATCHES: usize = 64;

const _: () = assert!(MAX_BATCHES < WORDS);

/// The amount of work that is sent ahead. More could as well wait in the queue, in order.
const WORK_AHEAD: Duration = Duration::from_millis(2);

/// The size of arguments that are sent ahead: about the capacity of a socket.
pub(super) const BYTES_AHEAD: u64 = 128 << 10;

/// One worker of a pool.
pub(crate) struct WorkerRecord {
    pub(crate) id: WorkerId,
    pub(crate) process: Arc<Process>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) table: Arc<Table>,
    pub(super) state: WorkerState,
    pub(super) batches: Batches,
    pub(super) next_batch: BatchNumber,
    /// The number of calls until it is retired.
    pub(super) calls_left: u64,
    /// The window: the maximum number of calls in flight, as its pace has shown.
    pub(super) window: usize,
    /// Whether it is being assigned calls, until the window is full.
    pub(super) is_filling: bool,
    /// When it last answered, took bytes over, or was assigned a call while it had none.
    pub(super) last_progress: Instant,
    /// Whether its `Hello`, or the reason against one, has arrived.
    has_greeted: bool,
    /// Whether it was ready at some time.
    pub(super) has_begun: bool,
    /// Whether it has overwritten its claim table: it is killed.
    pub(super) is_corrupt: bool,
    /// Whether it has answered a call.
    pub(super) has_answered: bool,
    /// When its connection was closed: it is ending, or will be killed.
    pub(super) closed_since: Option<Instant>,
    /// Why the pool has ended it.
    pub(super) reason: Option<String>,
    /// When it was found not to claim its calls.
    pub(super) unresponsive_since: Option<Instant>,
    /// The number of unsent bytes at the last check; a change is progress.
    pub(super) rest_seen: u64,
    /// Since when its first batch is over in the table, though answers are missing.
    over_since: Option<(BatchNumber, Instant)>,
    /// Whether the reactor does not read it now: backpressure of standard error.
    pub(super) is_throttled: bool,
}

/// The state of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WorkerState {
    /// Its `Hello` has not arrived.
    Starting { since: Instant },
    /// It takes calls. Set if it is idle: since when.
    Ready { idle_since: Option<Instant> },
    /// It was asked to exit.
    Leaving { since: Instant },
    /// It was killed, or is about to be.
    Killed { since: Instant },
}

impl WorkerRecord {
    pub(super) fn new(id: WorkerId, started: SpawnedWorker, config: &SchedulerConfig) -> Self {
        let SpawnedWorker {
            process,
            outbox,
            table,
        } = started;
        Self {
            id,
            process,
            outbox,
            table,
            state: WorkerState::Starting {
                since: Instant::now(),
            },
            batches: Batches::default(),
            next_batch: BatchNumber::FIRST,
            calls_left: config.max_tasks.unwrap_or(u64::MAX),
            window: 1,
            is_filling: true,
            last_progress: Instant::now(),
            has_greeted: false,
            has_begun: false,
            is_corrupt: false,
            has_answered: false,
            closed_since: None,
            reason: None,
            unresponsive_since: None,
            rest_seen: 0,
            over_since: None,
            is_throttled: false,
        }
    }

    /// The number of batches that it was ever sent.
    pub(super) fn sent_batches(&self) -> u64 {
        self.next_batch.0 - BatchNumber::FIRST.0
    }

    /// The number of calls in flight; each item of a chunk counts.
    pub(super) fn in_flight(&self) -> usize {
        self.batches.unanswered()
    }

    /// The number of calls that it runs: one or none.
    pub(super) fn running(&self) -> usize {
        let mut batches = self.batches.iter();
        usize::from(batches.any(|batch| self.running_item(batch).is_some()))
    }

    /// The position that the worker runs in this batch. An answered one does not run, whatever the
    /// claim word says.
    pub(super) fn running_item(&self, batch: &Batch) -> Option<usize> {
        match self.observe(batch) {
            Observed::Claimed(item) if item >= batch.answered => Some(item),
            _ => None,
        }
    }

    pub(super) fn observe(&self, batch: &Batch) -> Observed {
        self.table.claim(batch.number).observe(batch.len())
    }

    /// Whether it takes calls, or will once it is ready.
    pub(super) fn is_staying(&self) -> bool {
        let may = matches!(
            self.state,
            WorkerState::Starting { .. } | WorkerState::Ready { .. }
        );
        may && self.calls_left > 0 && self.closed_since.is_none() && !self.is_corrupt
    }

    fn is_ready(&self) -> bool {
        matches!(self.state, WorkerState::Ready { .. })
    }

    /// Whether it is idle, and may be assigned a call.
    pub(super) fn is_free(&self) -> bool {
        self.batches.is_empty() && self.has_capacity() && self.unresponsive_since.is_none()
    }

    /// The load: the worker with the least is assigned the next call.
    pub(super) fn load(&self) -> (bool, usize) {
        (self.unresponsive_since.is_some(), self.batches.unanswered())
    }

    /// Whether it was killed, or is about to be.
    pub(super) fn is_killed(&self) -> bool {
        matches!(self.state, WorkerState::Killed { .. })
    }

    /// Whether it may be assigned another call.
    pub(super) fn has_capacity(&self) -> bool {
        let has_room_for_bytes = (self.batches.is_empty() || self.batches.bytes() < BYTES_AHEAD)
            && self.outbox.unsent() < BYTES_AHEAD;
        let may = self.is_ready() && self.is_staying();
        may && self.is_filling && has_room_for_bytes
    }

    /// Sends it the first of `items`, up to its capacity. Returns their number.
    pub(super) fn assign(
        &mut self,
        call: &Arc<EncodedCall>,
        items: ItemRange,
        now: impl Fn() -> Instant,
    ) -> usize {
        let items = self.fitting(call, items);
        let number = self.next_batch;
        if items.is_empty() || !self.takes(number, items.len()) {
            // A claim word is still in use: there is capacity again with the next answer.
            self.is_filling = false;
            return 0;
        }
        self.next_batch = number.next();
        self.send(call, items.clone(), number);
        if self.batches.is_empty() {
            self.last_progress = now();
        }
        let watch = call.check_interval().map(|after| Watch::new(after, now()));
        call.set_state(items.clone(), ItemState::InFlight(self.id, number));
        let batch = Batch::new(number, call.clone(), items.clone(), watch);
        self.batches.add(batch);
        self.calls_left -= items.len() as u64;
        self.is_filling =
            self.batches.unanswered() < self.window && self.batches.len() < MAX_BATCHES;
        self.state = WorkerState::Ready { idle_since: None };
        items.len()
    }

    /// The first of `items`, limited by the window, the calls left and the size.
    fn fitting(&self, call: &EncodedCall, items: ItemRange) -> ItemRange {
        let room = self.window.saturating_sub(self.batches.unanswered()).max(1);
        let left = usize::try_from(self.calls_left).unwrap_or(usize::MAX);
        let most = items.len().min(room).min(left).min(MAX_ITEMS);
        let there = self.batches.bytes();
        let fits = |count: usize| {
            let sent = items.start..items.start + count;
            there + call.bytes().joined(sent).len() as u64 <= BYTES_AHEAD
        };
        if fits(most) {
            return items.start..items.start + most;
        }
        // The largest number that fits, by bisection, but at least one.
        let (mut fitting, mut beyond) = (most.min(1), most);
        while fitting + 1 < beyond {
            let middle = fitting.midpoint(beyond);
            if fits(middle) {
                fitting = middle;
            } else {
                beyond = middle;
            }
        }
        items.start..items.start + fitting
    }

    /// Hands the claim word of a batch over to it, if the word is free.
    fn takes(&mut self, number: BatchNumber, items: usize) -> bool {
        // A claim word belongs to its batch until all its answers have arrived.
        let oldest = self.batches.first().map(|batch| batch.number);
        if oldest.is_some_and(|oldest| number.0 >= oldest.0 + WORDS as u64) {
            return false;
        }
        let handover = self.table.send(number, items);
        self.is_corrupt |= handover == Handover::Corrupt;
        handover == Handover::Sent
    }

    fn send(&self, call: &Arc<EncodedCall>, items: ItemRange, number: BatchNumber) {
        let calls = CallBatch {
            number,
            task: call.task,
            not_after: call.deadline().map_or(0, clock::at),
            is_timed: call.timeout().is_some(),
            memory: call.memory().unwrap_or_default(),
            arguments: Arguments::default(),
        };
        let head = |out: &mut Vec<u8>| calls.head(call.bytes(), items.clone(), out);
        self.outbox.add_batch(number, (call, items.clone()), head);
    }

    /// Items at `positions` of a batch are answered: their call and items. `None` if they are not
    /// the next ones.
    pub(super) fn answer(
        &mut self,
        number: BatchNumber,
        positions: Range<usize>,
    ) -> Option<(Arc<EncodedCall>, ItemRange)> {
        let answered = self.batches.answer(number, positions);
        self.update_filling();
        answered
    }

    /// Kills the process. What it has claimed is lost.
    pub(super) fn kill(&mut self, reason: Option<String>) {
        let since = Instant::now();
        if !self.is_killed() {
            self.state = WorkerState::Killed { since };
        }
        self.reason = self.reason.take().or(reason);
        if !self.process.kill() {
            self.outbox.close();
        }
        // It reads nothing any more.
        self.outbox.clear();
    }

    /// Asks it to exit. It has no calls.
    pub(super) fn retire(&mut self) {
        self.state = WorkerState::Leaving {
            since: Instant::now(),
        };
        self.outbox
            .push(|out| out.extend_from_slice(&message::retire()));
    }

    /// Notes its greeting. False if there was one before.
    pub(super) fn greet(&mut self) -> bool {
        !std::mem::replace(&mut self.has_greeted, true)
    }

    /// It is ready, or idle again.
    pub(super) fn become_ready(&mut self) {
        self.state = WorkerState::Ready {
            idle_since: Some(Instant::now()),
        };
    }

    /// Calls were answered or revoked: it may be filled again.
    pub(super) fn update_filling(&mut self) {
        let has_few_calls = self.batches.unanswered() * 2 < self.window + 1;
        self.is_filling |= has_few_calls && self.batches.len() * 2 <= MAX_BATCHES;
        if self.batches.is_empty() && self.is_ready() {
            self.become_ready();
        }
    }

    /// It has just answered `answers` calls: adapts the window to its pace.
    pub(super) fn note_pace(&mut self, answers: u32, now: Instant) {
        let pace = now.saturating_duration_since(self.last_progress) / answers.max(1);
        self.last_progress = now;
        self.over_since = None;
        self.has_answered = true;
        self.unresponsive_since = None;
        let fitting = WORK_AHEAD.as_nanos() / pace.as_nanos().max(1);
        let fitting = usize::try_from(fitting).unwrap_or(MAX_WINDOW);
        self.window = fitting.clamp(1, MAX_WINDOW).min(self.window * 4);
    }

    /// Its first batch has come farther than its answers: since when. `None` while the worker is
    /// throttled, because the answers may wait unread.
    pub(super) fn note_over(&mut self, now: Instant) -> Option<Instant> {
        if self.is_throttled {
            self.over_since = None;
            return None;
        }
        let number = self.batches.first()?.number;
        let seen = self.over_since.filter(|(over, _)| *over == number);
        Some(self.over_since.insert(seen.unwrap_or((number, now))).1)
    }

    /// Its first batch may be running: the moment of its next check, if that is earlier now.
    pub(super) fn hasten_check(&mut self, now: Instant) -> Option<Instant> {
        let first = self.batches.first_mut()?;
        let watch = first.watch.as_mut()?;
        watch.hasten(first.call.check_interval()?, now)
    }

    /// A claim word that was in use may be free again.
    pub(super) fn recheck_capacity(&mut self) {
        self.is_filling |= self.batches.is_empty();
    }

    pub(super) fn batch(&self, number: BatchNumber) -> Option<&Batch> {
        let index = self.batches.index_of(number)?;
        Some(self.batches.at(index))
    }
}
