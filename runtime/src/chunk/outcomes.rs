//! The outcomes of a chunk's calls: values in the slots where calls wrote them, and which
//! are missing.
//!
//! ```text
//!     taken              decided
//!       v                   v
//!   . . | v v missing v v v | _ _ _ |     the slots of one chunk
//! ```
//!
//! Outcomes own the values between `taken` and `decided`, where none is missing. They yield
//! them in order, join those of the chunk that follows in the segment, and drop the rest.

use std::{collections::VecDeque, iter::FusedIterator, marker::PhantomData, mem, ptr};

use super::segment::ChunkSlots;
use crate::{cell::Outcome, error::TaskError, unwind};

/// The outcomes of a chunk's calls; `None` for a call that did not start in time.
pub struct ChunkOutcomes<T> {
    slots: ChunkSlots<T>,
    /// The first slot whose value was not taken.
    taken: usize,
    /// The number of calls that have an outcome; the slots from here on hold no values.
    decided: usize,
    /// The calls without a value that were not yielded yet, ascending: index and error; `None`
    /// for a call that did not start in time.
    missing: VecDeque<(usize, Option<TaskError>)>,
    /// Ownership of values, for auto traits and the drop check.
    values: PhantomData<T>,
}

impl<T> ChunkOutcomes<T> {
    /// No outcome yet, in slots that are to be filled.
    pub(crate) fn new(slots: ChunkSlots<T>) -> Self {
        Self {
            slots,
            taken: 0,
            decided: 0,
            missing: VecDeque::new(),
            values: PhantomData,
        }
    }

    /// The outcomes of `len` calls, all of which failed with `error`.
    pub(crate) fn failed(len: usize, error: &TaskError) -> Self {
        let mut outcomes = Self::new(ChunkSlots::standalone(0));
        (0..len).for_each(|_| outcomes.push_missing(Some(error.clone())));
        outcomes
    }

    /// Writes the values that `next` returns, until it returns `None` or all slots are filled.
    ///
    /// If `next` panics, the values that it returned before are kept.
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
            // SAFETY: the slot is in our slots, and none of our values is there.
            unsafe { slot.write(value) };
            filling.at += 1;
        }
    }

    /// Adds the value that the next call has returned.
    pub(crate) fn push(&mut self, value: T) {
        let mut value = Some(value);
        self.fill(|| value.take());
    }

    /// Adds a missing value: the next call failed, or did not start in time.
    pub(crate) fn push_missing(&mut self, error: Option<TaskError>) {
        self.missing.push_back((self.decided, error));
        self.decided += 1;
    }

    /// The number of calls that have an outcome.
    pub(crate) fn decided(&self) -> usize {
        self.decided
    }

    /// The number of values before the next missing one.
    fn run_len(&self) -> usize {
        let end = self.missing.front().map_or(self.decided, |(gap, _)| *gap);
        end - self.taken
    }

    /// Gives up the values before the next missing one: their first slot and number.
    fn take_run(&mut self) -> Option<(*mut T, usize)> {
        let len = self.run_len();
        if len == 0 {
            return None;
        }
        let slot = self.slots.slot(self.taken);
        self.taken += len;
        Some((slot, len))
    }

    /// Moves the values before the next missing one to the end of `values`; returns their number.
    pub(crate) fn move_run_to(&mut self, values: &mut Vec<T>) -> usize {
        values.reserve(self.run_len());
        let Some((run, len)) = self.take_run() else {
            return 0;
        };
        let end = values.spare_capacity_mut().as_mut_ptr().cast();
        // SAFETY: the run lies in our slots, `values` has reserved `len` more elements, and the two
        // are different allocations.
        unsafe { ptr::copy_nonoverlapping(run, end, len) };
        // SAFETY: those values were just moved there.
        unsafe { values.set_len(values.len() + len) };
        len
    }

    /// Whether no value is missing, and none was taken.
    pub(crate) fn is_untouched(&self) -> bool {
        self.taken == 0 && self.missing.is_empty()
    }

    /// Whether all outcomes were taken.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.taken == self.decided
    }

    /// Whether all slots hold values, and those of `next` follow in the same segment.
    fn can_join(&self, next: &Self) -> bool {
        let is_full = self.decided == self.slots.len() && self.missing.is_empty();
        is_full && next.is_untouched() && self.slots.is_before(&next.slots)
    }

    /// Takes over all values of `next` in place; returns `next` if they do not follow ours.
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

    /// Converts the values before the first missing one into a `Vec`: in place, if the slots are
    /// the whole segment.
    pub(crate) fn into_vec(mut self) -> Vec<T> {
        let mut values = Vec::new();
        if self.is_untouched() && self.slots.is_whole_segment() {
            let slots = std::mem::replace(&mut self.slots, ChunkSlots::standalone(0));
            let len = std::mem::take(&mut self.decided);
            // SAFETY: the slots up to `len` hold values of ours, given up since `decided` is zero.
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

/// The next slot to fill, apart from the outcomes so that a loop keeps it in a register; stored
/// on drop, so also when a call panics.
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
        let is_missing = self.missing.front().is_some_and(|(gap, _)| *gap == at);
        if is_missing && let Some((_, error)) = self.missing.pop_front() {
            return Some(error.map(Err));
        }
        let slot = self.slots.slot(at);
        // SAFETY: `at` was not taken, is decided and not missing: a value of ours is there, and is
        // not read again, since `taken` is past it.
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
            // One by one: a panic while another one unwinds would abort the program.
            if mem::needs_drop::<T>() || self.take_run().is_none() {
                drop(self.next());
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
