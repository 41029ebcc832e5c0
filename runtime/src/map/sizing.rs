//! How many calls of a map travel as one.
//!
//! Where that is left to the map, a chunk is to be a certain amount of work: so it is measured how fast the calls of
//! this map end, again and again, and the next chunk is made as long as fits. Two things differ by executor: what is
//! known of the cost, and what a chunk costs that turns out too long.

mod split;
mod whole;

use std::{sync::Arc, time::Instant};

use crate::{chunk::Progress, executor::Executor};
use split::SplitSizing;
use whole::WholeSizing;

/// How the sizes of a map's chunks are found.
pub(super) enum Sizing {
    Fixed(usize),
    /// The executor shares out a chunk that is under way.
    Split(Box<SplitSizing>),
    /// Whoever runs a chunk runs it to its end.
    Whole(Box<WholeSizing>),
}

impl Sizing {
    /// Sizes for chunks of which two are to be with each worker, of at most `buffer` calls.
    pub(super) fn measured<E: Executor + ?Sized>(
        progress: Arc<Progress>,
        executor: &E,
        buffer: usize,
    ) -> Self {
        let workers = executor.workers().max(1);
        let share = buffer / workers.saturating_mul(2);
        if executor.splits_chunks() {
            Self::Split(Box::new(SplitSizing::new(progress, workers, share)))
        } else {
            Self::Whole(Box::new(WholeSizing::new(progress, share)))
        }
    }

    /// How many calls the next chunk is to have.
    pub(super) fn next(&mut self) -> usize {
        match self {
            Self::Fixed(size) => *size,
            Self::Split(sizes) => sizes.next(Instant::now()),
            Self::Whole(sizes) => sizes.next(),
        }
    }

    /// So many calls were submitted as one.
    pub(super) fn record_submitted(&mut self, calls: usize) {
        match self {
            Self::Fixed(_) => {}
            Self::Split(sizes) => sizes.record_submitted(calls),
            Self::Whole(sizes) => sizes.record_submitted(calls),
        }
    }

    /// Whether it matters how fast calls end.
    pub(super) fn is_measured(&self) -> bool {
        !matches!(self, Self::Fixed(_))
    }
}
