//! What is with one worker: flights, in the order they were sent.

use std::{
    collections::VecDeque,
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::processes::{claims::Number, encoded_call::Parcel, link::LONG};

/// Consecutive parts of a call, with a worker. It runs and answers them in their order.
pub(super) struct Flight {
    pub(super) number: Number,
    pub(super) parcel: Arc<Parcel>,
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
    pub(super) is_alone: bool,
}

/// What the parent itself has seen of a flight with limits; `limits` says what it means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch {
    /// When to look next.
    pub(super) look_at: Option<Instant>,
    /// How long after the last look that is, while nothing runs.
    pub(super) after: Duration,
    /// When it was last looked at.
    pub(super) looked: Instant,
    /// The last look before that which first saw the running item: that did not run then.
    pub(super) idle: Instant,
    /// The item that was seen to run and has no answer, and when it was seen first.
    pub(super) running: Option<(usize, Instant)>,
}

/// The flights of one worker.
#[derive(Default)]
pub(super) struct Flights {
    list: VecDeque<Flight>,
    /// How many parts of calls have no answer.
    calls: usize,
    /// The bytes of their arguments.
    bytes: u64,
}

impl Flight {
    pub(super) fn new(
        number: Number,
        parcel: Arc<Parcel>,
        items: Range<usize>,
        watch: Option<Watch>,
    ) -> Self {
        Self {
            number,
            parcel,
            items,
            answered: 0,
            is_cut: false,
            has_started: false,
            watch,
            is_long: false,
            is_alone: false,
        }
    }

    /// When to look whether a limit is reached.
    pub(super) fn look_at(&self) -> Option<Instant> {
        self.watch.as_ref()?.look_at
    }

    /// How many parts it has, answered ones included.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Which parts of its call these parts of the flight are.
    pub(super) fn items_of(&self, parts: Range<usize>) -> Range<usize> {
        self.items.start + parts.start..self.items.start + parts.end
    }

    /// The parts of its call that have no answer.
    pub(super) fn open(&self) -> Range<usize> {
        self.items.start + self.answered..self.items.end
    }

    /// How many bytes these parts of its call have.
    fn bytes(&self, items: Range<usize>) -> u64 {
        self.parcel.bytes().joined(items).len() as u64
    }
}

impl Flights {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// How many parts of calls have no answer.
    pub(super) fn calls(&self) -> usize {
        self.calls
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many bytes of arguments they have.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn add(&mut self, mut flight: Flight) {
        let bytes = flight.bytes(flight.open());
        flight.is_long = bytes >= LONG as u64;
        self.calls += flight.open().len();
        self.bytes += bytes;
        self.list.push_back(flight);
    }

    /// The next parts of a flight are answered; the parts of the call that they are. `None` if it is not their turn.
    ///
    /// What is beyond the end of a flight that was cut short is left out.
    pub(super) fn answer(
        &mut self,
        number: Number,
        parts: Range<usize>,
    ) -> Option<(Arc<Parcel>, Range<usize>)> {
        let index = self.index_of(number)?;
        let flight = &mut self.list[index];
        let sent = if flight.is_cut {
            parts.end.min(flight.len())
        } else {
            parts.end
        };
        let parts = parts.start..sent;
        if parts.start != flight.answered || parts.end > flight.len() || parts.is_empty() {
            return None;
        }
        let items = flight.items_of(parts.clone());
        let parcel = flight.parcel.clone();
        self.calls -= items.len();
        self.bytes -= flight.bytes(items.clone());
        flight.answered = parts.end;
        self.let_go(index);
        Some((parcel, items))
    }

    /// As [`cut`](Self::cut), where the worker may have answered what is cut off.
    pub(super) fn cut_short(&mut self, index: usize, len: usize) {
        self.list[index].is_cut = true;
        self.cut(index, len);
    }

    /// Shortens the flight at this place to so many parts; the parts of its call that it has no more.
    pub(super) fn cut(&mut self, index: usize, len: usize) -> Range<usize> {
        let flight = &mut self.list[index];
        let end = flight.items.start + len;
        let cut = end.max(flight.open().start)..flight.items.end;
        self.calls -= cut.len();
        self.bytes -= flight.bytes(cut.clone());
        flight.items.end = cut.start;
        self.let_go(index);
        cut
    }

    /// A flight of which nothing is left is no flight.
    fn let_go(&mut self, index: usize) {
        if self.list[index].open().is_empty() {
            self.list.remove(index);
        }
    }

    /// The first first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Flight> {
        self.list.iter()
    }

    pub(super) fn index_of(&self, number: Number) -> Option<usize> {
        self.list.iter().position(|flight| flight.number == number)
    }

    pub(super) fn get_mut(&mut self, number: Number) -> Option<&mut Flight> {
        self.list.iter_mut().find(|flight| flight.number == number)
    }

    pub(super) fn last_mut(&mut self) -> Option<&mut Flight> {
        self.list.back_mut()
    }

    pub(super) fn first(&self) -> Option<&Flight> {
        self.list.front()
    }

    pub(super) fn first_mut(&mut self) -> Option<&mut Flight> {
        self.list.front_mut()
    }

    pub(super) fn at(&self, index: usize) -> &Flight {
        &self.list[index]
    }
}
