//! Collects the values of a map into one `Vec`.
//!
//! Values of chunks that are contiguous in one segment stay there, and in the end the segment
//! becomes the `Vec`. All other values are moved.

use crate::{chunk::ChunkOutcomes, unwind};

/// The values so far, in the order in which they were yielded.
pub(super) enum Gathered<T> {
    /// None yet; the expected number.
    Nothing(usize),
    /// All are contiguous in one segment.
    InPlace(ChunkOutcomes<T>),
    Moved(Vec<T>),
}

impl<T> Gathered<T> {
    pub(super) fn new(expected: usize) -> Self {
        Self::Nothing(expected)
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Nothing(_) => 0,
            Self::InPlace(values) => values.decided(),
            Self::Moved(values) => values.len(),
        }
    }

    pub(super) fn push(&mut self, value: T) {
        self.moved().push(value);
    }

    /// Takes the values of a chunk before the first missing one; returns the rest, if there is
    /// one.
    pub(super) fn take_over(&mut self, chunk: ChunkOutcomes<T>) -> Option<ChunkOutcomes<T>> {
        let mut chunk = match self {
            Self::Nothing(_) if chunk.is_untouched() => {
                *self = Self::InPlace(chunk);
                return None;
            }
            Self::InPlace(values) => values.join(chunk).err()?,
            _ => chunk,
        };
        chunk.move_run_to(self.moved());
        (!chunk.is_exhausted()).then_some(chunk)
    }

    /// Moves the values into a `Vec`, if they are not in one, and returns it.
    fn moved(&mut self) -> &mut Vec<T> {
        match self {
            Self::Moved(values) => values,
            other => {
                let values = std::mem::replace(other, Self::Nothing(0)).into_vec();
                *other = Self::Moved(values);
                other.moved()
            }
        }
    }

    /// Drops the values, because another result was an error.
    pub(super) fn discard(self) {
        if let Self::Moved(values) = self {
            unwind::drop_all("dropping a result", values);
        }
    }

    pub(super) fn into_vec(self) -> Vec<T> {
        match self {
            Self::Nothing(expected) => Vec::with_capacity(expected),
            Self::InPlace(values) => values.into_vec(),
            Self::Moved(values) => values,
        }
    }
}
