//! The pieces that are under way, and which of them lands next.

use std::{collections::VecDeque, time::Instant};

use super::piece::Piece;
use crate::{future::waiting::Unsettled, wait::AsCompleted};

/// Pieces under way.
pub(super) enum Flight<T> {
    /// They land in the order they were submitted.
    Ordered(VecDeque<Piece<T>>),
    /// They land as they end.
    Unordered(AsCompleted<Piece<T>>),
}

/// What came of waiting for the next piece.
pub(super) enum Landing<T> {
    /// This one has ended.
    Piece(Piece<T>),
    /// None is under way.
    Nothing,
    /// The deadline passed before.
    TimedOut,
}

impl<T> Flight<T> {
    pub(super) fn new(unordered: bool) -> Self {
        if unordered {
            Self::Unordered(AsCompleted::new())
        } else {
            Self::Ordered(VecDeque::new())
        }
    }

    pub(super) fn is_unordered(&self) -> bool {
        matches!(self, Self::Unordered(_))
    }

    pub(super) fn add(&mut self, piece: Piece<T>) {
        match self {
            Self::Ordered(pieces) => pieces.push_back(piece),
            Self::Unordered(pieces) => pieces.add(piece),
        }
    }

    /// Waits for the next piece, until the deadline.
    pub(super) fn land(&mut self, deadline: Option<Instant>) -> Landing<T> {
        match self {
            Self::Ordered(pieces) => land_first(pieces, deadline),
            Self::Unordered(pieces) if pieces.is_empty() => Landing::Nothing,
            Self::Unordered(pieces) => match pieces.next_until(deadline) {
                Some(piece) => Landing::Piece(piece),
                None => Landing::TimedOut,
            },
        }
    }

    /// Takes what is under way.
    pub(super) fn take_all(&mut self) -> Vec<Piece<T>> {
        match self {
            Self::Ordered(pieces) => pieces.drain(..).collect(),
            Self::Unordered(pieces) => pieces.take_rest(),
        }
    }
}

fn land_first<T>(pieces: &mut VecDeque<Piece<T>>, deadline: Option<Instant>) -> Landing<T> {
    let Some(first) = pieces.pop_front() else {
        return Landing::Nothing;
    };
    let limit = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    match first.hold().wait_settled(limit) {
        // Would it deadlock, the piece's own result says so.
        Ok(()) | Err(Unsettled::WouldDeadlock) => Landing::Piece(first),
        Err(Unsettled::TimedOut) => {
            pieces.push_front(first);
            Landing::TimedOut
        }
    }
}
