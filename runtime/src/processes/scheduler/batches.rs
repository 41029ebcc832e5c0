//! What is with one worker: batches, in the order they were sent.

use std::{
    collections::VecDeque,
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::processes::{claims::BatchNumber, encoded_call::EncodedCall, link::LONG};

/// Consecutive parts of a call, with a worker. It runs and answers them in their order.
pub(super) struct Batch {
    pub(super) number: BatchNumber,
    pub(super) call: Arc<EncodedCall>,
    /// The parts that it was sent with, but for those that were taken back from its end.
    items: Range<usize>,
    /// How many of them are answered.
    pub(super) answered: usize,
    /// Whether its end was taken from a worker that may have answered some of it already: one that is to end.
    is_cut: bool,
    /// Whether the worker has said that it started it.
    pub(super) has_started: bool,
    /// What was seen of it, if it has limits.
    pub(super) watch: Option<Watch>,
    /// Whether its bytes lie in the outbox as they are.
    pub(super) is_long: bool,
    /// Whether the worker is to have nothing else, see `suspects`.
    pub(super) is_isolated: bool,
}

/// What the parent itself has seen of a batch with limits; `limits` says what it means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch {
    /// When to look next.
    pub(super) next_check: Option<Instant>,
    /// How long after the last look that is, while nothing runs.
    pub(super) after: Duration,
    /// When it was last looked at.
    pub(super) last_check: Instant,
    /// The last look before that which first saw the running item: that did not run then.
    pub(super) idle: Instant,
    /// The item that was seen to run and has no answer, and when it was seen first.
    pub(super) running: Option<(usize, Instant)>,
}

/// The batches of one worker.
#[derive(Default)]
pub(super) struct Batches {
    list: VecDeque<Batch>,
    /// How many parts of calls have no answer.
    unanswered: usize,
    /// The bytes of their arguments.
    bytes: u64,
}

impl Batch {
    pub(super) fn new(
        number: BatchNumber,
        call: Arc<EncodedCall>,
        items: Range<usize>,
        watch: Option<Watch>,
    ) -> Self {
        Self {
            number,
            call,
            items,
            answered: 0,
            is_cut: false,
            has_started: false,
            watch,
            is_long: false,
            is_isolated: false,
        }
    }

    /// When to look whether a limit is reached.
    pub(super) fn next_check(&self) -> Option<Instant> {
        self.watch.as_ref()?.next_check
    }

    /// How many parts it has, answered ones included.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Which parts of its call these parts of the batch are.
    pub(super) fn items_at(&self, positions: Range<usize>) -> Range<usize> {
        self.items.start + positions.start..self.items.start + positions.end
    }

    /// The parts of its call that have no answer.
    pub(super) fn unanswered(&self) -> Range<usize> {
        self.items.start + self.answered..self.items.end
    }

    /// How many bytes these parts of its call have.
    fn bytes(&self, items: Range<usize>) -> u64 {
        self.call.bytes().joined(items).len() as u64
    }
}

impl Batches {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// How many parts of calls have no answer.
    pub(super) fn unanswered(&self) -> usize {
        self.unanswered
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many bytes of arguments they have.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn add(&mut self, mut batch: Batch) {
        let bytes = batch.bytes(batch.unanswered());
        batch.is_long = bytes >= LONG as u64;
        self.unanswered += batch.unanswered().len();
        self.bytes += bytes;
        self.list.push_back(batch);
    }

    /// The next parts of a batch are answered; the parts of the call that they are. `None` if it is not their turn.
    ///
    /// What is beyond the end of a batch that was cut short is left out.
    pub(super) fn answer(
        &mut self,
        number: BatchNumber,
        positions: Range<usize>,
    ) -> Option<(Arc<EncodedCall>, Range<usize>)> {
        let index = self.index_of(number)?;
        let batch = &mut self.list[index];
        let sent = if batch.is_cut {
            positions.end.min(batch.len())
        } else {
            positions.end
        };
        let positions = positions.start..sent;
        if positions.start != batch.answered || positions.end > batch.len() || positions.is_empty()
        {
            return None;
        }
        let items = batch.items_at(positions.clone());
        let call = batch.call.clone();
        self.unanswered -= items.len();
        self.bytes -= batch.bytes(items.clone());
        batch.answered = positions.end;
        self.remove_if_done(index);
        Some((call, items))
    }

    /// As [`cut`](Self::cut), where the worker may have answered what is cut off.
    pub(super) fn truncate_answered(&mut self, index: usize, len: usize) {
        self.list[index].is_cut = true;
        self.truncate(index, len);
    }

    /// Shortens the batch at this place to so many parts; the parts of its call that it has no more.
    pub(super) fn truncate(&mut self, index: usize, len: usize) -> Range<usize> {
        let batch = &mut self.list[index];
        let end = batch.items.start + len;
        let cut = end.max(batch.unanswered().start)..batch.items.end;
        self.unanswered -= cut.len();
        self.bytes -= batch.bytes(cut.clone());
        batch.items.end = cut.start;
        self.remove_if_done(index);
        cut
    }

    /// A batch of which nothing is left is no batch.
    fn remove_if_done(&mut self, index: usize) {
        if self.list[index].unanswered().is_empty() {
            self.list.remove(index);
        }
    }

    /// The first first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Batch> {
        self.list.iter()
    }

    pub(super) fn index_of(&self, number: BatchNumber) -> Option<usize> {
        self.list.iter().position(|batch| batch.number == number)
    }

    pub(super) fn get_mut(&mut self, number: BatchNumber) -> Option<&mut Batch> {
        self.list.iter_mut().find(|batch| batch.number == number)
    }

    pub(super) fn last_mut(&mut self) -> Option<&mut Batch> {
        self.list.back_mut()
    }

    pub(super) fn first(&self) -> Option<&Batch> {
        self.list.front()
    }

    pub(super) fn first_mut(&mut self) -> Option<&mut Batch> {
        self.list.front_mut()
    }

    pub(super) fn at(&self, index: usize) -> &Batch {
        &self.list[index]
    }
}
