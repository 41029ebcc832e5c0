//! The results of a map on their way into one `Vec`.
//!
//! Chunks that lie one behind the other in a segment stay there, and in the end the segment is the `Vec`. What comes in
//! any other way is moved.

use crate::{chunk::ChunkOutcomes, unwind};

/// Values in the order they came.
pub(super) enum Gathered<T> {
    /// Nothing yet; so many are expected.
    Nothing(usize),
    /// So far all lie one behind the other.
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

    /// Takes the values of a chunk before its first gap; what is left of it, if there is one.
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

    /// The `Vec` to which values are moved from here on.
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

    /// Drops what there is: another result was an error.
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
