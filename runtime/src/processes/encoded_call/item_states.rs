//! Where the parts of a call are: stretches of items that are in one place.
//!
//! ```text
//!   0 ......... 100 ............ 228 .......... 1000
//!     Answered      With(3, 17)      Queued
//! ```

use std::{collections::BTreeMap, ops::Range};

use crate::processes::{claims::Number, scheduler::WorkerId};

/// Where a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::processes) enum Place {
    /// It was not submitted yet.
    Home,
    Queued,
    /// It waits for its next attempt.
    Resting,
    /// In this flight.
    With(WorkerId, Number),
    Answered,
    Withdrawn,
}

/// The places of all items of a call.
#[derive(Debug)]
pub(super) enum Places {
    One(Place),
    Many(Box<Stretches>),
}

/// Stretches by their ends; neighbours are in different places.
#[derive(Debug)]
pub(super) struct Stretches(BTreeMap<usize, Place>);

impl Places {
    pub(super) fn new(items: usize) -> Self {
        match items {
            1 => Self::One(Place::Home),
            items => {
                let home = BTreeMap::from([(items, Place::Home)]);
                Self::Many(Box::new(Stretches(home)))
            }
        }
    }

    /// What of the stretches lies within these items, in their order.
    pub(super) fn within(&self, items: &Range<usize>) -> Vec<(Range<usize>, Place)> {
        match self {
            Self::One(place) => vec![(0..1, *place)],
            Self::Many(stretches) => stretches.within(items).collect(),
        }
    }

    /// Puts these items somewhere else.
    pub(super) fn set(&mut self, items: Range<usize>, place: Place) {
        match self {
            Self::One(only) => *only = place,
            Self::Many(stretches) => stretches.set(items, place),
        }
    }
}

impl Stretches {
    fn within(&self, items: &Range<usize>) -> impl Iterator<Item = (Range<usize>, Place)> {
        let mut start = items.start;
        let ends = self.0.range(items.start + 1..);
        ends.map_while(move |(end, place)| {
            let stretch = start..(*end).min(items.end);
            start = stretch.end;
            (!stretch.is_empty()).then_some((stretch, *place))
        })
    }

    fn set(&mut self, items: Range<usize>, place: Place) {
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
        self.0.insert(items.end, place);
        // Neighbours that are in the same place are one stretch.
        if self.0.get(&items.start) == Some(&place) {
            self.0.remove(&items.start);
        }
        if self
            .0
            .range(items.end + 1..)
            .next()
            .is_some_and(|(_, next)| *next == place)
        {
            self.0.remove(&items.end);
        }
    }

    /// Ends a stretch here, if one goes on beyond.
    fn split(&mut self, at: usize) {
        if at > 0
            && let Some((_, place)) = self.0.range(at..).next()
        {
            let place = *place;
            self.0.insert(at, place);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn items_that_move_leave_the_others_where_they_are() {
        let mut places = Places::new(10);
        places.set(0..10, Place::Queued);

        places.set(2..4, Place::Answered);
        places.set(4..6, Place::Withdrawn);
        places.set(3..5, Place::Answered);

        let expected = [
            (0..2, Place::Queued),
            (2..5, Place::Answered),
            (5..6, Place::Withdrawn),
            (6..10, Place::Queued),
        ];
        assert_eq!(places.within(&(0..10)), expected);
        assert_eq!(
            places.within(&(3..6)),
            [(3..5, expected[1].1), (5..6, expected[2].1)]
        );
    }

    #[test]
    fn neighbours_in_one_place_are_one_stretch() {
        let mut places = Places::new(3);

        for item in [0, 2, 1] {
            places.set(item..item + 1, Place::Queued);
        }

        assert_eq!(places.within(&(0..3)), [(0..3, Place::Queued)]);
    }

    #[test]
    fn places_are_those_of_a_list_that_has_one_for_each_item() {
        let all = [
            Place::Queued,
            Place::Answered,
            Place::Withdrawn,
            Place::Resting,
        ];
        let mut places = Places::new(20);
        let mut list = [Place::Home; 20];
        let mut seed = 7_usize;

        for _ in 0..if cfg!(miri) { 40 } else { 2_000 } {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (start, len) = (seed >> 33, seed >> 40);
            let items = start % 20..(start % 20 + len % 20).min(20);
            let place = all[(seed >> 50) % 4];
            list[items.clone()].fill(place);

            places.set(items, place);

            let stretches = places.within(&(0..20));
            let each = stretches
                .iter()
                .flat_map(|(items, place)| items.clone().map(|_| *place));
            assert!(each.eq(list));
            assert!(stretches.windows(2).all(|two| two[0].1 != two[1].1));
        }
    }
}
