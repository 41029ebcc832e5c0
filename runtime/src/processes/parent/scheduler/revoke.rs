//! Revoking calls from a worker, and condemning the one that it runs.
//!
//! ```text
//!   batch   | done | running |   tail    |  batch | sent      |  ...
//!                             `---- can be revoked ------------->
//! ```
//!
//! The claim words decide, by compare-exchange: what the worker has claimed stays with it.

use std::sync::Arc;

use super::{
    QueuedItems,
    encoded_call::{EncodedCall, ItemRange},
    worker_record::WorkerRecord,
};
use crate::processes::shared::claims::BatchNumber;

/// A running call whose worker is killed to end it.
pub(super) struct Condemned {
    pub(super) call: Arc<EncodedCall>,
    /// The one item that ran.
    pub(super) items: ItemRange,
    /// The other items, which the worker had not claimed, in order.
    pub(super) rest: Vec<QueuedItems>,
}

impl WorkerRecord {
    /// Revokes everything that it has not claimed, in order.
    pub(super) fn revoke_all(&mut self) -> Vec<QueuedItems> {
        self.revoke(0, usize::MAX)
    }

    /// Revokes up to `most` unclaimed items, but none of the first `spared`: of the others the
    /// earliest, and of a batch those at its end.
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
            // A batch that is gone has moved the next one to this index.
            index += usize::from(self.batches.len() == before);
        }
        self.update_filling();
        taken
    }

    /// Revokes one batch. Returns the items that were unclaimed.
    pub(super) fn revoke_batch(&mut self, number: BatchNumber) -> ItemRange {
        let index = self.batches.index_of(number);
        let taken = index.and_then(|index| self.revoke_tail(index, 0));
        self.update_filling();
        taken.map_or(0..0, |entry| entry.items)
    }

    /// Revokes the items of a batch from position `keep` on that are unclaimed.
    fn revoke_tail(&mut self, index: usize, keep: usize) -> Option<QueuedItems> {
        let batch = self.batches.at(index);
        let (call, len) = (batch.call.clone(), batch.len());
        let number = batch.number;
        // What was seen to run stays, whatever the claim word says by now.
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

    /// Kills the worker, if it runs the item at `position` of this batch. Earlier items are
    /// answered, or will be.
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
