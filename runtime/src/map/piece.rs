//! One submitted call of a map, or a chunk of them.

use super::Outcome;
use crate::{
    executor::Filled,
    future::{Future, cell::Hold},
    wait::{Waitable, Watched},
};

/// What one submit of a map put into flight.
pub(super) struct Piece<T>(Kind<T>);

enum Kind<T> {
    One(Future<T>),
    Many {
        future: Future<Filled<T>>,
        len: usize,
    },
}

/// What came of a piece.
pub(super) enum Results<T> {
    One(Outcome<T>),
    Many(Filled<T>),
}

impl<T> Piece<T> {
    pub(super) fn one(future: Future<T>) -> Self {
        Self(Kind::One(future))
    }

    pub(super) fn many(future: Future<Filled<T>>, len: usize) -> Self {
        Self(Kind::Many { future, len })
    }

    /// How many inputs it has, and how many results it will have.
    pub(super) fn len(&self) -> usize {
        match &self.0 {
            Kind::One(_) => 1,
            Kind::Many { len, .. } => *len,
        }
    }

    pub(super) fn hold(&self) -> &Hold {
        match &self.0 {
            Kind::One(future) => future.hold(),
            Kind::Many { future, .. } => future.hold(),
        }
    }

    /// The results; waits for them.
    pub(super) fn into_results(self) -> Results<T> {
        match self.0 {
            Kind::One(future) => Results::One(future.result()),
            Kind::Many { future, len } => Results::Many(match future.result() {
                Ok(results) => results,
                // The chunk as a whole came to nothing: so did each of its calls.
                Err(error) => Filled::failed(len, &error),
            }),
        }
    }
}

impl<T> Waitable for Piece<T> {
    fn watched(&self) -> Watched<'_> {
        Watched::new(self.hold())
    }
}
