//! Suspects: calls that several workers failed to claim. They are tried alone, and not for ever.
//!
//! ```text
//!   worker ends while it receives the bytes ---> retry alone ---the third time---> lost
//!                                                    ^
//!   worker exits for lack of memory, twice ----------'
//! ```
//!
//! - A long frame needs memory of its own. A worker that does not get it ends before the claim, and
//!   blame goes by the claim. So the worker announces which batch it receives
//!   (`Counter::TakingOver`). The parent believes that only of the first batch, if it is long and
//!   unclaimed.
//! - A suspect waits for a fresh worker, which holds no memory of other calls, and delays no call
//!   but itself. The worker that ended has made room for one. If none is on its way, any idle
//!   worker serves.
//! - What is known of a call is dropped with it.

use std::{
    sync::{Arc, Weak},
    time::Instant,
};

use super::{
    Effects, QueuedItems, Scheduler, WorkerRecord,
    encoded_call::{EncodedCall, ItemRange, ItemState},
};
use crate::{
    error::{TaskError, WorkerEnd},
    processes::shared::claims::{BatchNumber, Observed},
};

/// The number of workers that may end while they receive one call.
const TAKEOVERS: u32 = 3;

/// The number of workers that may exit rather than run one call, before it is tried alone.
const LEAVES: u32 = 2;

/// The suspects of a pool.
#[derive(Default)]
pub(super) struct Suspects(Vec<Suspect>);

/// An item, and what has happened to it.
struct Suspect {
    call: Weak<EncodedCall>,
    item: usize,
    takeovers: u32,
    leaves: u32,
}

/// An item that a worker was about to run.
pub(super) type CallItem = (Arc<EncodedCall>, usize);

impl Suspect {
    fn is_isolated(&self) -> bool {
        self.takeovers > 0 || self.leaves >= LEAVES
    }

    fn is_of(&self, call: &Arc<EncodedCall>) -> bool {
        std::ptr::eq(self.call.as_ptr(), Arc::as_ptr(call))
    }
}

impl Suspects {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&mut self, call: &Arc<EncodedCall>, item: usize) -> &mut Suspect {
        self.0.retain(|suspect| suspect.call.strong_count() > 0);
        let is_it = |suspect: &Suspect| suspect.is_of(call) && suspect.item == item;
        let index = self.0.iter().position(is_it).unwrap_or_else(|| {
            self.0.push(Suspect {
                call: Arc::downgrade(call),
                item,
                takeovers: 0,
                leaves: 0,
            });
            self.0.len() - 1
        });
        &mut self.0[index]
    }

    fn forget(&mut self, call: &Arc<EncodedCall>, item: usize) {
        self.0
            .retain(|suspect| !(suspect.is_of(call) && suspect.item == item));
    }

    /// The first item of an entry that is to be tried alone.
    fn first_isolated(&self, entry: &QueuedItems) -> Option<usize> {
        let within = self.0.iter().filter(|suspect| {
            suspect.is_isolated()
                && suspect.is_of(&entry.call)
                && entry.items.contains(&suspect.item)
        });
        within.map(|suspect| suspect.item).min()
    }
}

impl WorkerRecord {
    /// The item that it was about to run: the next one of its first batch, if unclaimed.
    pub(super) fn next_item(&self) -> Option<CallItem> {
        let first = self.batches.first()?;
        (self.observe(first) == Observed::Sent)
            .then(|| (first.call.clone(), first.unanswered().start))
    }

    /// The item whose bytes it was receiving when it ended.
    pub(super) fn taking_over(&self) -> Option<CallItem> {
        let first = self.batches.first()?;
        let is_said = self.table.taking_over() == first.number.0;
        self.next_item().filter(|_| is_said && first.is_long)
    }

    /// Whether it was never assigned a call, and is idle.
    fn is_fresh(&self) -> bool {
        self.is_free() && self.next_batch == BatchNumber::FIRST
    }

    /// Sends it one item, and nothing else until that is answered. False if it has no capacity.
    fn assign_isolated(&mut self, call: &Arc<EncodedCall>, items: ItemRange) -> bool {
        let is_given = self.assign(call, items, Instant::now) > 0;
        if let Some(batch) = self.batches.last_mut().filter(|_| is_given) {
            batch.is_isolated = true;
            self.is_filling = false;
        }
        is_given
    }
}

impl Scheduler {
    /// A worker has exited rather than run this item: it held too much memory for that.
    pub(super) fn note_leave(&mut self, (call, item): CallItem) {
        if call.memory().is_some() {
            self.suspects.of(&call, item).leaves += 1;
        }
    }

    /// A worker has ended while it received this item, the first of the `revoked` ones. Removes the
    /// item from these if it is not to be tried again.
    pub(super) fn note_takeover(
        &mut self,
        worker: &WorkerRecord,
        (call, item): CallItem,
        (end, stderr): (WorkerEnd, &str),
        revoked: &mut Vec<QueuedItems>,
        effects: &mut Effects,
    ) {
        let suspect = self.suspects.of(&call, item);
        suspect.takeovers += 1;
        let is_first =
            |first: &&mut QueuedItems| Arc::ptr_eq(&first.call, &call) && first.items.start == item;
        let first = revoked.first_mut().filter(is_first);
        let Some(first) = first.filter(|_| suspect.takeovers >= TAKEOVERS) else {
            return;
        };
        first.items.start += 1;
        revoked.retain(|entry| !entry.items.is_empty());
        self.suspects.forget(&call, item);
        let mut death = super::workers::death(worker, end, (&call, item), stderr);
        death.takeovers = TAKEOVERS;
        let error = TaskError::worker_lost(death);
        self.fail_attempt(call, item, error, effects);
    }

    /// Takes the suspects out of an entry, and delays them. Returns what is left, in order.
    pub(super) fn without_suspects(&mut self, entry: QueuedItems) -> Vec<QueuedItems> {
        let mut left = Vec::new();
        let mut rest = entry;
        while let Some(item) = self.suspects.first_isolated(&rest) {
            let call = &rest.call;
            call.set_state(item..item + 1, ItemState::Backoff);
            self.delayed.isolate(call.clone(), item);
            let before = rest.items.start..item;
            left.push(QueuedItems {
                call: call.clone(),
                items: before,
            });
            rest.items.start = item + 1;
        }
        left.push(rest);
        left.retain(|entry| !entry.items.is_empty());
        left
    }

    /// Assigns suspects to fresh workers, or to idle ones if no fresh worker will come.
    pub(super) fn assign_isolated(&mut self, effects: &mut Effects) {
        let is_one_coming = self.is_one_coming();
        for QueuedItems { call, items } in self.delayed.take_isolated() {
            let free = self.workers.values_mut().filter(|worker| worker.is_free());
            let taker = free.min_by_key(|worker| !worker.is_fresh());
            let taker = taker.filter(|worker| worker.is_fresh() || !is_one_coming);
            let assigned = taker.and_then(|worker| {
                let assigned = worker.assign_isolated(&call, items.clone());
                assigned.then(|| worker.outbox.clone())
            });
            match assigned {
                Some(outbox) => {
                    effects.add_flush(&outbox);
                    effects.wake = true;
                }
                None => self.delayed.isolate(call, items.start),
            }
        }
    }
}
