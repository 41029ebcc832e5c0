//! Assigning items to one worker: up to its capacity, sent as one batch.

use std::{sync::Arc, time::Instant};

use super::{
    batches::{Batch, Watch},
    encoded_call::{EncodedCall, ItemRange, ItemState},
    worker_record::{BYTES_AHEAD, MAX_BATCHES, WorkerRecord, WorkerState},
};
use crate::processes::{
    shared::{
        claims::{BatchNumber, Handover, MAX_ITEMS},
        table::{WORDS, clock},
    },
    wire::batch::{Arguments, CallBatch},
};

impl WorkerRecord {
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
        call.set_state(items.clone(), ItemState::InFlight(self.id(), number));
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
}
