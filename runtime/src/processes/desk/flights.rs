//! What is with one worker: parts of calls, in the order they were sent.

use std::{collections::VecDeque, sync::Arc, time::Instant};

use crate::processes::{claims::Number, parcel::Parcel};

/// One part of a call, with a worker.
pub(super) struct Flight {
    pub(super) number: Number,
    pub(super) parcel: Arc<Parcel>,
    pub(super) item: usize,
    /// Whether the worker has said that it started it.
    pub(super) has_started: bool,
    /// When to look whether it has run too long.
    pub(super) look_at: Option<Instant>,
}

/// The flights of one worker.
#[derive(Default)]
pub(super) struct Flights {
    list: VecDeque<Flight>,
    /// The bytes of their arguments.
    bytes: u64,
}

impl Flight {
    fn len(&self) -> u64 {
        self.parcel.part(self.item).len() as u64
    }
}

impl Flights {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many bytes of arguments they have.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn add(&mut self, flight: Flight) {
        self.bytes += flight.len();
        self.list.push_back(flight);
    }

    /// Takes out the one of this number.
    pub(super) fn take(&mut self, number: Number) -> Option<Flight> {
        let index = self.iter().position(|flight| flight.number == number)?;
        self.take_at(index)
    }

    /// Takes out the one at this place, the first at zero.
    pub(super) fn take_at(&mut self, index: usize) -> Option<Flight> {
        let flight = self.list.remove(index)?;
        self.bytes -= flight.len();
        Some(flight)
    }

    /// The first first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Flight> {
        self.list.iter()
    }

    pub(super) fn get(&self, number: Number) -> Option<&Flight> {
        self.iter().find(|flight| flight.number == number)
    }

    pub(super) fn get_mut(&mut self, number: Number) -> Option<&mut Flight> {
        self.list.iter_mut().find(|flight| flight.number == number)
    }

    pub(super) fn at(&self, index: usize) -> Option<&Flight> {
        self.list.get(index)
    }
}
