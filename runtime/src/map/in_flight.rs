//! The submissions in flight, and which of them ends next.

use std::{collections::VecDeque, time::Instant};

use super::submission::Submission;
use crate::{cell::Unsettled, wait::AsCompleted};

/// The submissions in flight.
pub(super) enum InFlight<T> {
    /// Taken in the order in which they were submitted.
    Ordered(VecDeque<Submission<T>>),
    /// Taken in the order in which they end.
    Unordered(AsCompleted<Submission<T>>),
}

/// What a wait for the next submission gave.
pub(super) enum NextEnded<T> {
    /// A submission that has ended.
    Submission(Submission<T>),
    /// None is in flight.
    Nothing,
    /// The deadline has passed.
    TimedOut,
}

impl<T> InFlight<T> {
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

    pub(super) fn add(&mut self, submission: Submission<T>) {
        match self {
            Self::Ordered(submissions) => submissions.push_back(submission),
            Self::Unordered(submissions) => submissions.add(submission),
        }
    }

    /// Waits for the next submission to end, until the deadline.
    pub(super) fn wait_next(&mut self, deadline: Option<Instant>) -> NextEnded<T> {
        match self {
            Self::Ordered(submissions) => wait_first(submissions, deadline),
            Self::Unordered(submissions) if submissions.is_over() => NextEnded::Nothing,
            Self::Unordered(submissions) => match submissions.next_until(deadline) {
                Some(submission) => NextEnded::Submission(submission),
                None => NextEnded::TimedOut,
            },
        }
    }

    /// Takes all submissions.
    pub(super) fn take_all(&mut self) -> Vec<Submission<T>> {
        match self {
            Self::Ordered(submissions) => submissions.drain(..).collect(),
            Self::Unordered(submissions) => submissions.take_rest(),
        }
    }
}

fn wait_first<T>(
    submissions: &mut VecDeque<Submission<T>>,
    deadline: Option<Instant>,
) -> NextEnded<T> {
    let Some(first) = submissions.pop_front() else {
        return NextEnded::Nothing;
    };
    let limit = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    match first.cell().wait_settled(limit) {
        // A wait that would deadlock is the result of the submission itself.
        Ok(()) | Err(Unsettled::WouldDeadlock) => NextEnded::Submission(first),
        Err(Unsettled::TimedOut) => {
            submissions.push_front(first);
            NextEnded::TimedOut
        }
    }
}
