//! A submission of a map: one call, or a chunk.

use crate::{
    cell::{CellRef, Outcome},
    chunk::ChunkOutcomes,
    future::Future,
    wait::{Waitable, Watched},
};

/// One call or chunk in flight.
pub(super) struct Submission<T>(SubmissionKind<T>);

enum SubmissionKind<T> {
    One(Future<T>),
    Many {
        future: Future<ChunkOutcomes<T>>,
        len: usize,
    },
}

/// The outcome of a submission.
pub(super) enum SubmissionOutcome<T> {
    One(Outcome<T>),
    Many(ChunkOutcomes<T>),
}

impl<T> Submission<T> {
    pub(super) fn one(future: Future<T>) -> Self {
        Self(SubmissionKind::One(future))
    }

    pub(super) fn many(future: Future<ChunkOutcomes<T>>, len: usize) -> Self {
        Self(SubmissionKind::Many { future, len })
    }

    /// The number of calls.
    pub(super) fn len(&self) -> usize {
        match &self.0 {
            SubmissionKind::One(_) => 1,
            SubmissionKind::Many { len, .. } => *len,
        }
    }

    pub(super) fn cell(&self) -> &CellRef {
        match &self.0 {
            SubmissionKind::One(future) => future.cell(),
            SubmissionKind::Many { future, .. } => future.cell(),
        }
    }

    /// Waits for the outcome.
    pub(super) fn into_results(self) -> SubmissionOutcome<T> {
        match self.0 {
            SubmissionKind::One(future) => SubmissionOutcome::One(future.result()),
            SubmissionKind::Many { future, len } => {
                SubmissionOutcome::Many(match future.result() {
                    Ok(results) => results,
                    // The chunk failed as a whole, so each of its calls failed.
                    Err(error) => ChunkOutcomes::failed(len, &error),
                })
            }
        }
    }
}

impl<T> Waitable for Submission<T> {
    fn watched(&self) -> Watched<'_> {
        Watched::new(self.cell())
    }
}
