//! Taking calls back from a worker, and ending the one that it runs.
//!
//! ```text
//!   batch   | done | running |   tail    |  batch | sent      |  ...
//!                             `---- what can be taken back ---->
//! ```
//!
//! The words decide: what the worker has claimed stays with it.

use std::{ops::Range, sync::Arc};

use super::{QueuedItems, worker_record::WorkerRecord};
use crate::processes::{claims::BatchNumber, encoded_call::EncodedCall};

/// A call that its worker was to end with.
pub(super) struct Condemned {
    pub(super) call: Arc<EncodedCall>,
    /// The one part that ran.
    pub(super) items: Range<usize>,
    /// What else the worker had not claimed, in its order.
    pub(super) rest: Vec<QueuedItems>,
}

impl WorkerRecord {
    /// Takes back all that it has not claimed, in its order.
    pub(super) fn revoke_all(&mut self) -> Vec<QueuedItems> {
        self.revoke(0, usize::MAX)
    }

    /// Takes back up to `most` calls that it has not claimed, but none of the first `spared`: of the others the earliest,
    /// and of a batch those at its end.
    pub(super) fn revoke(&mut self, mut spared: usize, most: usize) -> Vec<QueuedItems> {
        let mut taken = Vec::new();
        let mut left = most;
        let mut index = 0;
        while index < self.batches.len() && left > 0 {
            let before = self.batches.len();
            let batch = self.batches.at(index);
            let open = batch.unanswered().len();
            let fair = open.saturating_sub(spared).min(left);
            let keep = batch.len() - fair;
            spared = spared.saturating_sub(open);
            if let Some(entry) = self.revoke_tail(index, keep) {
                left -= entry.items.len();
                taken.push(entry);
            }
            // One that is gone has made room for the next.
            index += usize::from(self.batches.len() == before);
        }
        self.update_filling();
        taken
    }

    /// Takes one batch back; the parts of its call that were taken.
    pub(super) fn revoke_batch(&mut self, number: BatchNumber) -> Range<usize> {
        let index = self.batches.index_of(number);
        let taken = index.and_then(|index| self.revoke_tail(index, 0));
        self.update_filling();
        taken.map_or(0..0, |entry| entry.items)
    }

    /// Takes back the parts of a batch from `keep` on that were not claimed.
    fn revoke_tail(&mut self, index: usize, keep: usize) -> Option<QueuedItems> {
        let batch = self.batches.at(index);
        let (call, len) = (batch.call.clone(), batch.len());
        let number = batch.number;
        // What was seen to run stays, whatever the word says by now.
        let claimed = batch.watch.map_or(0, |watch| watch.claimed());
        let keep = keep.max(claimed.min(len));
        let end = self.table.claim(number).revoke(keep, len);
        if end == len {
            return None;
        }
        if end == 0 && batch.is_long {
            self.outbox.withdraw(number);
        }
        let items = self.batches.truncate(index, end);
        self.calls_left = self.calls_left.saturating_add(items.len() as u64);
        (!items.is_empty()).then_some(QueuedItems { call, items })
    }

    /// Kills the worker with the part that it runs, if it is this one; what came before it is answered or will be.
    pub(super) fn condemn(&mut self, number: BatchNumber, position: usize) -> Option<Condemned> {
        if !self.table.claim(number).condemn(position) {
            return None;
        }
        self.kill(None);
        let index = self.batches.index_of(number)?;
        let batch = self.batches.at(index);
        let call = batch.call.clone();
        let items = batch.items_at(position..position + 1);
        let tail = items.end..batch.items_at(0..batch.len()).end;
        self.batches.truncate_answered(index, position);
        let mut rest = self.revoke_all();
        if !tail.is_empty() {
            let (call, items) = (call.clone(), tail);
            rest.insert(0, QueuedItems { call, items });
        }
        Some(Condemned { call, items, rest })
    }
}
