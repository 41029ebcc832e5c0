//! Positions of slots in a queue, in their order.
//!
//! ```text
//!   block:    0 1 2 … 62    64 65 …           slots
//!                        63         …         gaps between two blocks: no slot
//! ```

use crate::sync::MODELLED;

/// Slots per block. Models have one, to see many blocks.
pub(super) const SLOTS: usize = if MODELLED { 1 } else { 63 };

/// A power of two, so that positions may wrap around.
const STEP: usize = SLOTS + 1;

/// The position of one slot, or of the gap before the next block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Position(pub(super) usize);

impl Position {
    pub(super) const FIRST: Self = Self(0);

    /// The index of the slot in its block; `None` for a gap.
    #[inline]
    pub(super) fn index(self) -> Option<usize> {
        let index = self.0 % STEP;
        (index < SLOTS).then_some(index)
    }

    /// Whether it is the last slot of its block.
    #[inline]
    pub(super) fn is_last(self) -> bool {
        self.0 % STEP == SLOTS - 1
    }

    /// The position of the slot or gap that follows.
    #[inline]
    pub(super) fn after(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    /// The first slot of the next block, for the last slot of this one.
    #[inline]
    pub(super) fn in_next_block(self) -> Self {
        self.after().after()
    }

    /// The number of slots from `start` to here; zero if this is before `start`.
    pub(super) fn since(self, start: Self) -> usize {
        let steps = self.0.wrapping_sub(start.0);
        let is_before = steps > usize::MAX / 2;
        // One gap a block, counted so that it wraps around as the positions do.
        let gaps = (self.0 / STEP).wrapping_sub(start.0 / STEP) & (usize::MAX / STEP);
        if is_before { 0 } else { steps - gaps }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_across_blocks() {
        let slots = std::iter::successors(Some(Position::FIRST), |position| {
            Some(if position.is_last() {
                position.in_next_block()
            } else {
                position.after()
            })
        });

        for (count, position) in slots.take(5 * SLOTS).enumerate() {
            assert_eq!(position.since(Position::FIRST), count);
            assert_eq!(position.index(), Some(count % SLOTS));
        }
    }

    #[test]
    fn a_place_that_is_before_another_is_none_after_it() {
        assert_eq!(Position(3).since(Position(7)), 0);
    }

    #[test]
    fn places_that_come_round_again_are_counted() {
        let last = Position(usize::MAX).index();

        assert_eq!(last, None, "the gap before the first one");
        assert_eq!(Position::FIRST.since(Position(usize::MAX - 1)), 1);
    }
}
