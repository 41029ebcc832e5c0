//! One worker, as the scheduler knows it: what it was given, and how it stands.
//!
//! ```text
//!   Starting --hello--> Ready --retire--> Leaving
//!       |                 |                  |
//!       `-----------------`---- killed ------`----> its process ends, and the worker is gone
//! ```

use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    SchedulerConfig, WorkerId,
    batches::{Batch, Batches, Watch},
};
use crate::processes::{
    arguments::Arguments,
    claims::{BatchNumber, Handover, MAX_ITEMS, Observed},
    clock,
    encoded_call::{EncodedCall, ItemState},
    link::Outbox,
    message::{self, CallBatch},
    process::Process,
    supervisor::SpawnedWorker,
    table::{Table, WORDS},
};

/// How many calls may be with a worker, at most, the items of chunks counted one by one.
const MAX_WINDOW: usize = MAX_ITEMS / 2;

/// How many batches may be with a worker, at most.
const MAX_BATCHES: usize = 64;

const _: () = assert!(MAX_BATCHES < WORDS);

/// How much work may be with a worker: what is more could as well wait in the queue, where it keeps its turn.
const WORK_AHEAD: Duration = Duration::from_millis(2);

/// How many bytes of arguments are sent ahead of their turn, at most: about what a socket holds.
pub(super) const BYTES_AHEAD: u64 = 128 << 10;

/// One worker.
pub(in crate::processes) struct WorkerRecord {
    id: WorkerId,
    pub(super) process: Arc<Process>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) table: Arc<Table>,
    pub(super) state: WorkerState,
    pub(super) batches: Batches,
    pub(super) next_batch: BatchNumber,
    /// How many calls more it may be given.
    pub(super) calls_left: u64,
    /// How many calls may be with it, as its pace has shown.
    pub(super) window: usize,
    /// Whether it is being given calls, until it has `most` of them.
    pub(super) is_filling: bool,
    /// When it last answered, or was given a call while it had none.
    pub(super) last_progress: Instant,
    /// Whether it has said hello.
    has_greeted: bool,
    /// Whether it was ever ready.
    pub(super) has_begun: bool,
    /// Whether it was seen to have overwritten its claim table.
    pub(super) is_corrupt: bool,
    /// Whether it has answered anything.
    has_answered: bool,
    /// Since when its link is closed: it is ending, or will be ended.
    pub(super) closed_since: Option<Instant>,
    /// Why the pool itself ended it.
    pub(super) reason: Option<String>,
    /// Since when it is known not to come for its calls.
    pub(super) unresponsive_since: Option<Instant>,
    /// How many bytes waited for it when this was last looked at.
    pub(super) rest_seen: u64,
    /// Since when its first batch is seen to be over without all answers.
    over_since: Option<(BatchNumber, Instant)>,
    /// Whether it is not listened to, since it says more than is told.
    pub(super) is_throttled: bool,
}

/// How a worker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WorkerState {
    /// It has not said hello.
    Starting { since: Instant },
    /// It takes calls; it has had nothing to do since then.
    Ready { idle_since: Option<Instant> },
    /// It was asked to go.
    Leaving { since: Instant },
    /// It was killed, or is about to be.
    Killed { since: Instant },
}

impl WorkerRecord {
    pub(super) fn new(id: WorkerId, spawned: SpawnedWorker, config: &SchedulerConfig) -> Self {
        let SpawnedWorker {
            process,
            outbox,
            table,
        } = spawned;
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

    pub(in crate::processes) fn id(&self) -> WorkerId {
        self.id
    }

    pub(in crate::processes) fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    pub(in crate::processes) fn table(&self) -> &Arc<Table> {
        &self.table
    }

    pub(in crate::processes) fn process(&self) -> &Arc<Process> {
        &self.process
    }

    /// How many batches it was ever sent.
    pub(super) fn sent_batches(&self) -> u64 {
        self.next_batch.0 - BatchNumber::FIRST.0
    }

    /// How many calls are with it, the items of chunks counted one by one.
    pub(super) fn in_flight(&self) -> usize {
        self.batches.unanswered()
    }

    /// How many calls it runs: one or none.
    pub(super) fn running(&self) -> usize {
        let mut batches = self.batches.iter();
        usize::from(batches.any(|batch| self.running_item(batch).is_some()))
    }

    /// Which of its parts the worker runs, if the batch is the one that it is at. One that is answered runs no more,
    /// whatever the word still says.
    pub(super) fn running_item(&self, batch: &Batch) -> Option<usize> {
        match self.observe(batch) {
            Observed::Claimed(item) if item >= batch.answered => Some(item),
            _ => None,
        }
    }

    pub(super) fn observe(&self, batch: &Batch) -> Observed {
        self.table.claim(batch.number).observe(batch.len())
    }

    /// Whether it has run a call to its end.
    pub(super) fn has_answered(&self) -> bool {
        self.has_answered
    }

    /// Whether it will take calls, if it does not already.
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

    /// Whether it is ready and has nothing to do.
    pub(super) fn is_free(&self) -> bool {
        self.batches.is_empty() && self.has_capacity() && self.unresponsive_since.is_none()
    }

    /// Whoever has less of it is given the next call.
    pub(super) fn load(&self) -> (bool, usize) {
        (self.unresponsive_since.is_some(), self.batches.unanswered())
    }

    /// Whether it was killed, or is about to be.
    pub(super) fn is_killed(&self) -> bool {
        matches!(self.state, WorkerState::Killed { .. })
    }

    /// Whether it may be given one call more.
    pub(super) fn has_capacity(&self) -> bool {
        let has_room_for_bytes = (self.batches.is_empty() || self.batches.bytes() < BYTES_AHEAD)
            && self.outbox.unsent() < BYTES_AHEAD;
        let may = self.is_ready() && self.is_staying();
        may && self.is_filling && has_room_for_bytes
    }

    /// Gives it parts of a call, as many as it has room for; says how many.
    pub(super) fn assign(
        &mut self,
        call: &Arc<EncodedCall>,
        items: Range<usize>,
        now: impl Fn() -> Instant,
    ) -> usize {
        let items = self.fitting(call, items);
        let number = self.next_batch;
        if items.is_empty() || !self.takes(number, items.len()) {
            // A word is in use still: there is room again with the next answer.
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

    /// The first of `items`, so many as may go now.
    fn fitting(&self, call: &EncodedCall, items: Range<usize>) -> Range<usize> {
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
        // As many as fit, but one in any case.
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

    /// Gives its word to a batch, if that is free.
    fn takes(&mut self, number: BatchNumber, items: usize) -> bool {
        // A word is its batch's until all answers are heard.
        let oldest = self.batches.first().map(|batch| batch.number);
        if oldest.is_some_and(|oldest| number.0 >= oldest.0 + WORDS as u64) {
            return false;
        }
        let handover = self.table.send(number, items);
        self.is_corrupt |= handover == Handover::Corrupt;
        handover == Handover::Sent
    }

    fn send(&self, call: &Arc<EncodedCall>, items: Range<usize>, number: BatchNumber) {
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

    /// Some parts of a batch are answered, as it is their turn; the parts of the call that they are.
    pub(super) fn answer(
        &mut self,
        number: BatchNumber,
        positions: Range<usize>,
    ) -> Option<(Arc<EncodedCall>, Range<usize>)> {
        let answered = self.batches.answer(number, positions);
        self.update_filling();
        answered
    }

    /// Kills it. What it has claimed ends with it.
    pub(super) fn kill(&mut self, reason: Option<String>) {
        let since = Instant::now();
        if !self.is_killed() {
            self.state = WorkerState::Killed { since };
        }
        self.reason = self.reason.take().or(reason);
        if !self.process.kill() {
            self.outbox.close();
        }
        // It reads nothing more.
        self.outbox.clear();
    }

    /// Asks it to go, once it has nothing to do.
    pub(super) fn retire(&mut self) {
        self.state = WorkerState::Leaving {
            since: Instant::now(),
        };
        self.outbox
            .push(|out| out.extend_from_slice(&message::retire()));
    }

    /// The worker says hello. False if it has before.
    pub(super) fn greet(&mut self) -> bool {
        !std::mem::replace(&mut self.has_greeted, true)
    }

    /// The worker is ready, or has nothing to do again.
    pub(super) fn become_ready(&mut self) {
        self.state = WorkerState::Ready {
            idle_since: Some(Instant::now()),
        };
    }

    /// It has fewer calls than before.
    pub(super) fn update_filling(&mut self) {
        let has_few_calls = self.batches.unanswered() * 2 < self.window + 1;
        self.is_filling |= has_few_calls && self.batches.len() * 2 <= MAX_BATCHES;
        if self.batches.is_empty() && self.is_ready() {
            self.become_ready();
        }
    }

    /// It has just answered so many calls: the quicker it is, the more it is given.
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

    /// Its first batch has come farther than its answers: since when that was seen. `None` if nothing is wrong with that.
    pub(super) fn note_over(&mut self, now: Instant) -> Option<Instant> {
        if self.is_throttled {
            self.over_since = None;
            return None;
        }
        let number = self.batches.first()?.number;
        let seen = self.over_since.filter(|(over, _)| *over == number);
        Some(self.over_since.insert(seen.unwrap_or((number, now))).1)
    }

    /// Its first batch may run: when that is looked at, if sooner than it was.
    pub(super) fn hasten_check(&mut self, now: Instant) -> Option<Instant> {
        let first = self.batches.first_mut()?;
        let watch = first.watch.as_mut()?;
        watch.hasten(first.call.check_interval()?, now)
    }

    /// A word that was in use may be free again.
    pub(super) fn recheck_capacity(&mut self) {
        self.is_filling |= self.batches.is_empty();
    }

    /// What it holds, the first first.
    pub(super) fn batches(&self) -> &Batches {
        &self.batches
    }

    pub(super) fn batch_mut(&mut self, number: BatchNumber) -> Option<&mut Batch> {
        self.batches.get_mut(number)
    }

    pub(super) fn batch(&self, number: BatchNumber) -> Option<&Batch> {
        let index = self.batches.index_of(number)?;
        Some(self.batches.at(index))
    }
}
