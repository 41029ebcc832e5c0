//! Where the parts of a call are: segments of items that are in one place.
//!
//! ```text
//!   0 ......... 100 ............ 228 .......... 1000
//!     Answered      With(3, 17)      Queued
//! ```

use std::{collections::BTreeMap, ops::Range};

use crate::processes::{claims::BatchNumber, scheduler::WorkerId};

/// Where a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::processes) enum ItemState {
    /// It was not submitted yet.
    New,
    Queued,
    /// It waits for its next attempt.
    Backoff,
    /// In this batch.
    InFlight(WorkerId, BatchNumber),
    Done,
    Withdrawn,
}

/// The states of all items of a call.
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

    /// What of the segments lies within these items, in their order.
    pub(super) fn within(&self, items: &Range<usize>) -> Vec<(Range<usize>, ItemState)> {
        match self {
            Self::One(state) => vec![(0..1, *state)],
            Self::Many(segments) => segments.within(items).collect(),
        }
    }

    /// Puts these items somewhere else.
    pub(super) fn set(&mut self, items: Range<usize>, state: ItemState) {
        match self {
            Self::One(only) => *only = state,
            Self::Many(segments) => segments.set(items, state),
        }
    }
}

impl Segments {
    fn within(&self, items: &Range<usize>) -> impl Iterator<Item = (Range<usize>, ItemState)> {
        let mut start = items.start;
        let ends = self.0.range(items.start + 1..);
        ends.map_while(move |(end, state)| {
            let segment = start..(*end).min(items.end);
            start = segment.end;
            (!segment.is_empty()).then_some((segment, *state))
        })
    }

    fn set(&mut self, items: Range<usize>, state: ItemState) {
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
        inner.iter().for_each(|end| {
            self.0.remove(end);
        });
        self.0.insert(items.end, state);
        // Neighbours that are in the same place are one segment.
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

    /// Ends a segment here, if one goes on beyond.
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
