//! Where the parts of a call are: stretches of items that are in one place.
//!
//! ```text
//!   0 ......... 100 ............ 228 .......... 1000
//!     Answered      With(3, 17)      Queued
//! ```

use std::ops::Range;

use crate::processes::{claims::Number, desk::WorkerId};

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
    /// Stretches, each with its end; neighbours differ.
    Many(Vec<(usize, Place)>),
}

impl Places {
    pub(super) fn new(items: usize) -> Self {
        match items {
            1 => Self::One(Place::Home),
            items => Self::Many(vec![(items, Place::Home)]),
        }
    }

    /// All stretches, in their order.
    pub(super) fn stretches(&self) -> Vec<(Range<usize>, Place)> {
        let ends = match self {
            Self::One(place) => return vec![(0..1, *place)],
            Self::Many(ends) => ends,
        };
        let starts = std::iter::once(0).chain(ends.iter().map(|(end, _)| *end));
        let stretches = starts.zip(ends);
        let stretches = stretches.map(|(start, (end, place))| (start..*end, *place));
        stretches.collect()
    }

    /// Puts these items somewhere else.
    pub(super) fn set(&mut self, items: Range<usize>, place: Place) {
        match self {
            Self::One(only) => *only = place,
            Self::Many(stretches) => {
                let before = std::mem::take(stretches);
                let mut start = 0;
                for (end, was) in before {
                    push(stretches, end.min(items.start), start, was);
                    push(stretches, end.min(items.end), start.max(items.start), place);
                    push(stretches, end, start.max(items.end), was);
                    start = end;
                }
            }
        }
    }
}

/// Adds the stretch from `start` to `end`, if there is any of it.
fn push(stretches: &mut Vec<(usize, Place)>, end: usize, start: usize, place: Place) {
    if start >= end {
        return;
    }
    match stretches.last_mut() {
        Some(last) if last.1 == place => last.0 = end,
        _ => stretches.push((end, place)),
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
        assert_eq!(places.stretches(), expected);
    }

    #[test]
    fn neighbours_in_one_place_are_one_stretch() {
        let mut places = Places::new(3);

        for item in [0, 2, 1] {
            places.set(item..item + 1, Place::Queued);
        }

        assert_eq!(places.stretches(), [(0..3, Place::Queued)]);
    }
}
