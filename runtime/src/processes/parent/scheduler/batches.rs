//! The batches of one worker that have no answer yet, in the order they were sent.
//!
//! An item has two indices: in its call (`items`), and in the batch that it was sent with
//! (`position`). The worker and the claim word know the position only.

use std::{
    collections::VecDeque,
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use super::encoded_call::{EncodedCall, ItemRange};
use crate::processes::{parent::handle::outbox::LONG, shared::claims::BatchNumber};

/// Consecutive items of a call that were sent to a worker. It runs and answers them in order.
pub(super) struct Batch {
    pub(super) number: BatchNumber,
    pub(super) call: Arc<EncodedCall>,
    /// The items that were sent, without those that were revoked from the end.
    items: ItemRange,
    /// The number of items that are answered.
    pub(super) answered: usize,
    /// Whether its tail was taken from a condemned worker, which may have answered it already.
    is_cut: bool,
    /// Whether the worker has reported the start.
    pub(super) has_started: bool,
    /// What the parent has observed of it, if the call has limits.
    pub(super) watch: Option<Watch>,
    /// Whether the outbox borrows its bytes, instead of a copy of them.
    pub(super) is_long: bool,
    /// Whether the worker must have no other batch, see `suspects`.
    pub(super) is_isolated: bool,
}

/// What the parent has observed of a batch with limits; see `limits` for the meaning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch {
    /// When the next check is due.
    pub(super) next_check: Option<Instant>,
    /// The interval from the last check to the next one, while nothing runs.
    pub(super) after: Duration,
    /// When the last check was.
    pub(super) last_check: Instant,
    /// The last check that found the running item not running yet.
    pub(super) idle: Instant,
    /// The position that runs and has no answer, and the check that first found it running.
    pub(super) running: Option<(usize, Instant)>,
}

/// The batches that one worker has not answered in full.
#[derive(Default)]
pub(super) struct Batches {
    list: VecDeque<Batch>,
    /// The number of items without an answer.
    unanswered: usize,
    /// The size of their arguments.
    bytes: u64,
}

impl Batch {
    pub(super) fn new(
        number: BatchNumber,
        call: Arc<EncodedCall>,
        items: ItemRange,
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

    /// When the next check of the limits is due.
    pub(super) fn next_check(&self) -> Option<Instant> {
        self.watch.as_ref()?.next_check
    }

    /// The number of items, answered ones included.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// The items of the call at these positions of the batch.
    pub(super) fn items_at(&self, positions: Range<usize>) -> ItemRange {
        self.items.start + positions.start..self.items.start + positions.end
    }

    /// The items of the call that have no answer.
    pub(super) fn unanswered(&self) -> ItemRange {
        self.items.start + self.answered..self.items.end
    }

    /// The size of the arguments of `items`.
    fn bytes(&self, items: ItemRange) -> u64 {
        self.call.bytes().joined(items).len() as u64
    }
}

impl Batches {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The number of items without an answer.
    pub(super) fn unanswered(&self) -> usize {
        self.unanswered
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The size of the arguments of the unanswered items.
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

    /// The items at `positions` are answered. Returns the call and its items; `None` if these are
    /// not the next positions of the batch.
    ///
    /// Positions beyond the end of a batch that lost its tail are ignored.
    pub(super) fn answer(
        &mut self,
        number: BatchNumber,
        positions: Range<usize>,
    ) -> Option<(Arc<EncodedCall>, ItemRange)> {
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

    /// As [`truncate`](Self::truncate), of a worker that may have answered the tail already.
    pub(super) fn truncate_answered(&mut self, index: usize, len: usize) {
        self.list[index].is_cut = true;
        self.truncate(index, len);
    }

    /// Shortens the batch at `index` to `len` items. Returns the items that it loses.
    pub(super) fn truncate(&mut self, index: usize, len: usize) -> ItemRange {
        let batch = &mut self.list[index];
        let end = batch.items.start + len;
        let cut = end.max(batch.unanswered().start)..batch.items.end;
        self.unanswered -= cut.len();
        self.bytes -= batch.bytes(cut.clone());
        batch.items.end = cut.start;
        self.remove_if_done(index);
        cut
    }

    /// Removes the batch if all its items are answered.
    fn remove_if_done(&mut self, index: usize) {
        if self.list[index].unanswered().is_empty() {
            self.list.remove(index);
        }
    }

    /// The batches, the oldest first.
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
