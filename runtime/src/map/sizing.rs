//! How many calls of a map are submitted as one.
//!
//! Without a chunk size, a chunk is to be a fixed amount of work: the map measures how fast
//! its calls end, and sizes the next chunk by that. Two things differ by executor: how the
//! cost of a call is measured, and what a chunk that is too long costs.

mod split;
mod whole;

use std::{sync::Arc, time::Instant};

use crate::{chunk::Progress, executor::Executor};
use split::SplitSizing;
use whole::WholeSizing;

/// Chooses the sizes of a map's chunks.
pub(super) enum Sizing {
    Fixed(usize),
    /// For an executor that splits chunks in flight.
    Split(Box<SplitSizing>),
    /// For an executor whose workers run a chunk to its end.
    Whole(Box<WholeSizing>),
}

impl Sizing {
    /// Sizes by measured cost, such that `buffer` calls are at least two chunks for each worker.
    pub(super) fn measured<E: Executor + ?Sized>(
        progress: Arc<Progress>,
        executor: &E,
        buffer: usize,
    ) -> Self {
        let workers = executor.workers().max(1);
        let share = buffer / workers.saturating_mul(2);
        if executor.tuning().splits_chunks {
            Self::Split(Box::new(SplitSizing::new(progress, workers, share)))
        } else {
            Self::Whole(Box::new(WholeSizing::new(progress, share)))
        }
    }

    /// The number of calls of the next chunk.
    pub(super) fn next(&mut self) -> usize {
        match self {
            Self::Fixed(size) => *size,
            Self::Split(sizes) => sizes.next(Instant::now()),
            Self::Whole(sizes) => sizes.next(),
        }
    }

    /// Counts the calls of a submission.
    pub(super) fn record_submitted(&mut self, calls: usize) {
        match self {
            Self::Fixed(_) => {}
            Self::Split(sizes) => sizes.record_submitted(calls),
            Self::Whole(sizes) => sizes.record_submitted(calls),
        }
    }

    /// Whether the sizes depend on the measured cost of calls.
    pub(super) fn is_measured(&self) -> bool {
        !matches!(self, Self::Fixed(_))
    }
}
