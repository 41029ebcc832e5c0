//! The state of each item of a call, as segments of items in one state.
//!
//! ```text
//!   0 ......... 100 ............ 228 .......... 1000
//!      Done        InFlight(3, 17)      Queued
//! ```
//!
//! A segment costs one entry in a map, however many items it has. Neighbours in one state are
//! merged, so the map stays small.

use std::{collections::BTreeMap, ops::Range};

use crate::processes::{shared::claims::BatchNumber, wire::identity::WorkerId};

/// Consecutive items of one call, by their index in it.
pub(crate) type ItemRange = Range<usize>;

/// The state of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemState {
    /// Not submitted yet.
    New,
    /// In the queue.
    Queued,
    /// Waits for its next attempt, or for a worker of its own.
    Backoff,
    /// Sent to this worker, in this batch.
    InFlight(WorkerId, BatchNumber),
    /// It has an answer.
    Done,
    /// Cancelled before a worker claimed it.
    Withdrawn,
}

/// The states of all items of a call; a call of one item needs no map.
#[derive(Debug)]
pub(super) enum ItemStates {
    One(ItemState),
    Many(Box<Segments>),
}

/// Segments by their ends; neighbours are in different states.
#[derive(Debug)]
pub(super) struct Segments(BTreeMap<usize, ItemState>);

impl ItemStates {
    pub(super) fn new(items: usize) -> Self {
        match items {
            1 => Self::One(ItemState::New),
            items => {
                let new = BTreeMap::from([(items, ItemState::New)]);
                Self::Many(Box::new(Segments(new)))
            }
        }
    }

    /// The segments within `items`, in order, cut to fit.
    pub(super) fn within(&self, items: &ItemRange) -> Vec<(ItemRange, ItemState)> {
        match self {
            Self::One(state) => vec![(0..1, *state)],
            Self::Many(segments) => segments.within(items).collect(),
        }
    }

    /// Moves `items` to this state.
    pub(super) fn set(&mut self, items: ItemRange, state: ItemState) {
        match self {
            Self::One(only) => *only = state,
            Self::Many(segments) => segments.set(items, state),
        }
    }
}

impl Segments {
    fn within(&self, items: &ItemRange) -> impl Iterator<Item = (ItemRange, ItemState)> {
        let mut start = items.start;
        let ends = self.0.range(items.start + 1..);
        ends.map_while(move |(end, state)| {
            let segment = start..(*end).min(items.end);
            start = segment.end;
            (!segment.is_empty()).then_some((segment, *state))
        })
    }

    fn set(&mut self, items: ItemRange, state: ItemState) {
        if items.is_empty() {
            return;
        }
        self.split(items.start);
        self.split(items.end);
        let inner: Vec<usize> = self
            .0
            .range(items.start + 1..items.end)
            .map(|(end, _)| *end)
            .collect();
        for end in inner {
            self.0.remove(&end);
        }
        self.0.insert(items.end, state);
        // Merge with neighbours in the same state.
        if self.0.get(&items.start) == Some(&state) {
            self.0.remove(&items.start);
        }
        if self
            .0
            .range(items.end + 1..)
            .next()
            .is_some_and(|(_, next)| *next == state)
        {
            self.0.remove(&items.end);
        }
    }

    /// Splits the segment that goes on beyond `at`, if there is one.
    fn split(&mut self, at: usize) {
        if at > 0
            && let Some((_, state)) = self.0.range(at..).next()
        {
            let state = *state;
            self.0.insert(at, state);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn items_that_move_leave_the_others_where_they_are() {
        let mut states = ItemStates::new(10);
        states.set(0..10, ItemState::Queued);

        states.set(2..4, ItemState::Done);
        states.set(4..6, ItemState::Withdrawn);
        states.set(3..5, ItemState::Done);

        let expected = [
            (0..2, ItemState::Queued),
            (2..5, ItemState::Done),
            (5..6, ItemState::Withdrawn),
            (6..10, ItemState::Queued),
        ];
        assert_eq!(states.within(&(0..10)), expected);
        assert_eq!(
            states.within(&(3..6)),
            [(3..5, expected[1].1), (5..6, expected[2].1)]
        );
    }

    #[test]
    fn neighbours_in_one_state_are_one_segment() {
        let mut states = ItemStates::new(3);

        for item in [0, 2, 1] {
            states.set(item..item + 1, ItemState::Queued);
        }

        assert_eq!(states.within(&(0..3)), [(0..3, ItemState::Queued)]);
    }

    #[test]
    fn states_are_those_of_a_list_that_has_one_for_each_item() {
        let all = [
            ItemState::Queued,
            ItemState::Done,
            ItemState::Withdrawn,
            ItemState::Backoff,
        ];
        let mut states = ItemStates::new(20);
        let mut list = [ItemState::New; 20];
        let mut seed = 7_usize;

        for _ in 0..if cfg!(miri) { 40 } else { 2_000 } {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (start, len) = (seed >> 33, seed >> 40);
            let items = start % 20..(start % 20 + len % 20).min(20);
            let state = all[(seed >> 50) % 4];
            list[items.clone()].fill(state);

            states.set(items, state);

            let segments = states.within(&(0..20));
            let each = segments
                .iter()
                .flat_map(|(items, state)| items.clone().map(|_| *state));
            assert!(each.eq(list));
            assert!(segments.windows(2).all(|two| two[0].1 != two[1].1));
        }
    }
}
