//! What became of the calls of a chunk: values that lie where they were written, and gaps.
//!
//! ```text
//!     taken          decided
//!       v               v
//!   . . | v v gap v v v | _ _ _ |     a room
//! ```
//!
//! The values between `taken` and `decided` are its own, but for the gaps. It yields them in order, lets the chunk that
//! follows in the segment be joined to it, and drops what nobody took.

use std::{collections::VecDeque, iter::FusedIterator, marker::PhantomData, mem, ptr};

use super::segment::ChunkSlots;
use crate::{error::TaskError, future::cell::Outcome, unwind};

/// The outcomes of the calls of a chunk; none for one that did not start in time.
pub struct ChunkOutcomes<T> {
    slots: ChunkSlots<T>,
    /// Places before this one are no longer its own.
    taken: usize,
    /// Of the calls before this one it is known what became of them.
    decided: usize,
    /// The calls without a value that were not yet yielded, ascending: an error, or none if it did not start in time.
    missing: VecDeque<(usize, Option<TaskError>)>,
    /// It owns values, and may do with them what they may.
    values: PhantomData<T>,
}

impl<T> ChunkOutcomes<T> {
    /// Nothing yet, in a room that is to be filled.
    pub(crate) fn new(slots: ChunkSlots<T>) -> Self {
        Self {
            slots,
            taken: 0,
            decided: 0,
            missing: VecDeque::new(),
            values: PhantomData,
        }
    }

    /// So many calls, all of which failed.
    pub(crate) fn failed(len: usize, error: &TaskError) -> Self {
        let mut outcomes = Self::new(ChunkSlots::standalone(0));
        (0..len).for_each(|_| outcomes.push_missing(Some(error.clone())));
        outcomes
    }

    /// Puts what the next calls return, until there is none, or no room for another.
    ///
    /// If `next` panics, what it gave before is there.
    #[inline]
    pub(crate) fn fill(&mut self, mut next: impl FnMut() -> Option<T>) {
        let mut filling = FillGuard {
            at: self.decided,
            outcomes: self,
        };
        let slots = filling.outcomes.slots.slots();
        while filling.at < slots.len()
            && let Some(value) = next()
        {
            let slot = slots.cast::<T>().wrapping_add(filling.at);
            // SAFETY: the place is in our room, and none of our values is there.
            unsafe { slot.write(value) };
            filling.at += 1;
        }
    }

    /// The next call has returned this.
    pub(crate) fn push(&mut self, value: T) {
        let mut value = Some(value);
        self.fill(|| value.take());
    }

    /// The next call has no value: it failed, or did not start in time.
    pub(crate) fn push_missing(&mut self, error: Option<TaskError>) {
        self.missing.push_back((self.decided, error));
        self.decided += 1;
    }

    /// Of how many calls it is known what became of them.
    pub(crate) fn decided(&self) -> usize {
        self.decided
    }

    /// How many values come before the next gap.
    fn run_len(&self) -> usize {
        let end = self.missing.front().map_or(self.decided, |(gap, _)| *gap);
        end - self.taken
    }

    /// Gives up the values before the next gap: their place and number.
    fn take_run(&mut self) -> Option<(*mut T, usize)> {
        let len = self.run_len();
        if len == 0 {
            return None;
        }
        let slot = self.slots.slot(self.taken);
        self.taken += len;
        Some((slot, len))
    }

    /// Moves the values before the next gap to the end of `values`; how many there were.
    pub(crate) fn move_run_to(&mut self, values: &mut Vec<T>) -> usize {
        values.reserve(self.run_len());
        let Some((run, len)) = self.take_run() else {
            return 0;
        };
        let end = values.spare_capacity_mut().as_mut_ptr().cast();
        // SAFETY: the run lies in our room; there is room for as many after the end; they are two allocations.
        unsafe { ptr::copy_nonoverlapping(run, end, len) };
        // SAFETY: those values were just moved there.
        unsafe { values.set_len(values.len() + len) };
        len
    }

    /// Whether it is all values, and none was taken.
    pub(crate) fn is_untouched(&self) -> bool {
        self.taken == 0 && self.missing.is_empty()
    }

    /// Whether nothing is left of it.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.taken == self.decided
    }

    /// Whether it is all values, and those of `next` follow in the same segment.
    fn can_join(&self, next: &Self) -> bool {
        let is_full = self.decided == self.slots.len() && self.missing.is_empty();
        is_full && next.is_untouched() && self.slots.is_before(&next.slots)
    }

    /// Takes over all values of `next`, where they are; gives it back if that cannot be.
    pub(crate) fn join(&mut self, mut next: Self) -> Result<(), Self> {
        if !self.can_join(&next) {
            return Err(next);
        }
        self.slots.join(&mut next.slots);
        self.decided += next.decided;
        // Its values are ours from here on.
        next.taken = next.decided;
        Ok(())
    }

    /// All values before the first gap as a `Vec`: where they are, if they are all that is in the segment.
    pub(crate) fn into_vec(mut self) -> Vec<T> {
        let mut values = Vec::new();
        if self.is_untouched() && self.slots.is_whole_segment() {
            let slots = std::mem::replace(&mut self.slots, ChunkSlots::standalone(0));
            let len = std::mem::take(&mut self.decided);
            // SAFETY: the places up to `len` hold values of ours, which we give up with the count of them.
            values = unsafe { slots.into_vec(len) };
        } else {
            self.move_run_to(&mut values);
        }
        if values.len() < values.capacity() / 2 {
            values.shrink_to_fit();
        }
        values
    }
}

/// How far a room is filled, apart from it so that a loop can keep it in a register.
struct FillGuard<'a, T> {
    outcomes: &'a mut ChunkOutcomes<T>,
    at: usize,
}

impl<T> Drop for FillGuard<'_, T> {
    fn drop(&mut self) {
        self.outcomes.decided = self.at;
    }
}

impl<T> Iterator for ChunkOutcomes<T> {
    type Item = Option<Outcome<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_exhausted() {
            return None;
        }
        let at = self.taken;
        self.taken += 1;
        if let Some((_, error)) = self.missing.pop_front_if(|(gap, _)| *gap == at) {
            return Some(error.map(Err));
        }
        let slot = self.slots.slot(at);
        // SAFETY: `at` was not taken, is decided and no gap: a value of ours is there, and is not looked at again.
        Some(Some(Ok(unsafe { slot.read() })))
    }
}

impl<T> FusedIterator for ChunkOutcomes<T> {}

impl<T> Drop for ChunkOutcomes<T> {
    fn drop(&mut self) {
        while !self.is_exhausted() {
            unwind::contain("dropping a result", || self.drop_values());
        }
    }
}

impl<T> ChunkOutcomes<T> {
    fn drop_values(&mut self) {
        while !self.is_exhausted() {
            // One by one: a panic while another one unwinds would end the program.
            if mem::needs_drop::<T>() || self.take_run().is_none() {
                drop(self.next());
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
