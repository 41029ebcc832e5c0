//! Taking calls back from a worker, and ending the one that it runs.
//!
//! ```text
//!   flight   | done | running |   tail    |  flight | sent      |  ...
//!                             `---- what can be taken back ---->
//! ```
//!
//! The words decide: what the worker has claimed stays with it.

use std::{ops::Range, sync::Arc};

use super::{Errand, worker_record::Member};
use crate::processes::{claims::Number, encoded_call::Parcel};

/// A call that its worker was to end with.
pub(super) struct Condemned {
    pub(super) parcel: Arc<Parcel>,
    /// The one part that ran.
    pub(super) items: Range<usize>,
    /// What else the worker had not claimed, in its order.
    pub(super) rest: Vec<Errand>,
}

impl Member {
    /// Takes back all that it has not claimed, in its order.
    pub(super) fn recall_all(&mut self) -> Vec<Errand> {
        self.recall(0, usize::MAX)
    }

    /// Takes back up to `most` calls that it has not claimed, but none of the first `spared`: of the others the earliest,
    /// and of a flight those at its end.
    pub(super) fn recall(&mut self, mut spared: usize, most: usize) -> Vec<Errand> {
        let mut taken = Vec::new();
        let mut left = most;
        let mut index = 0;
        while index < self.flights.len() && left > 0 {
            let before = self.flights.len();
            let flight = self.flights.at(index);
            let open = flight.open().len();
            let fair = open.saturating_sub(spared).min(left);
            let keep = flight.len() - fair;
            spared = spared.saturating_sub(open);
            if let Some(errand) = self.cut(index, keep) {
                left -= errand.items.len();
                taken.push(errand);
            }
            // One that is gone has made room for the next.
            index += usize::from(self.flights.len() == before);
        }
        self.note_fewer();
        taken
    }

    /// Takes one flight back; the parts of its call that were taken.
    pub(super) fn recall_flight(&mut self, number: Number) -> Range<usize> {
        let index = self.flights.index_of(number);
        let taken = index.and_then(|index| self.cut(index, 0));
        self.note_fewer();
        taken.map_or(0..0, |errand| errand.items)
    }

    /// Takes back the parts of a flight from `keep` on that were not claimed.
    fn cut(&mut self, index: usize, keep: usize) -> Option<Errand> {
        let flight = self.flights.at(index);
        let (parcel, len) = (flight.parcel.clone(), flight.len());
        let number = flight.number;
        // What was seen to run stays, whatever the word says by now.
        let claimed = flight.watch.map_or(0, |watch| watch.claimed());
        let keep = keep.max(claimed.min(len));
        let end = self.table.claim(number).recall(keep, len);
        if end == len {
            return None;
        }
        if end == 0 && flight.is_long {
            self.outbox.withdraw(number);
        }
        let items = self.flights.cut(index, end);
        self.left = self.left.saturating_add(items.len() as u64);
        (!items.is_empty()).then_some(Errand { parcel, items })
    }

    /// Kills the worker with the part that it runs, if it is this one; what came before it is answered or will be.
    pub(super) fn condemn(&mut self, number: Number, part: usize) -> Option<Condemned> {
        if !self.table.claim(number).condemn(part) {
            return None;
        }
        self.doom(None);
        let index = self.flights.index_of(number)?;
        let flight = self.flights.at(index);
        let parcel = flight.parcel.clone();
        let items = flight.items_of(part..part + 1);
        let tail = items.end..flight.items_of(0..flight.len()).end;
        self.flights.cut_short(index, part);
        let mut rest = self.recall_all();
        if !tail.is_empty() {
            let (parcel, items) = (parcel.clone(), tail);
            rest.insert(0, Errand { parcel, items });
        }
        Some(Condemned {
            parcel,
            items,
            rest,
        })
    }
}
