//! Calls that can be encoded: their parts, and the answers to these.
//!
//! A call of a task has one part and gets one answer. A chunk has one part for each of its
//! calls, so that they fail one by one in the worker too.

use std::time::Instant;

use super::{Remote, Task, entry::Entry, remote};
use crate::{error::TaskError, portable::Parts};

/// The answers to the parts of a call, in their order.
pub(crate) trait AnswerSource {
    /// Takes the next answer: bytes or an error; `None` if there is no further one.
    fn next(&mut self) -> Option<Result<&[u8], TaskError>>;
}

/// A source without an answer.
pub(crate) struct NoAnswers;

impl AnswerSource for NoAnswers {
    fn next(&mut self) -> Option<Result<&[u8], TaskError>> {
        None
    }
}

/// A call that can go to another process.
pub(crate) trait Wire: Task {
    /// The data that is kept here, to make the outcome from the answers.
    type Retained: Send + 'static;

    fn entry() -> &'static Entry;

    /// Encodes the call into `parts`; an error if no part of it could be encoded.
    fn into_parts(self, parts: &mut Parts) -> Result<Self::Retained, TaskError>;

    /// The time after which no part of the call is to start, if there is one.
    fn deadline(_retained: &Self::Retained) -> Option<Instant> {
        None
    }

    /// Makes the outcome from the answers.
    fn from_answers(
        answers: &mut dyn AnswerSource,
        retained: Self::Retained,
    ) -> Result<Self::Output, TaskError>;
}

impl<T: Remote> Wire for T {
    type Retained = ();

    fn entry() -> &'static Entry {
        <T as Remote>::entry()
    }

    fn into_parts(self, parts: &mut Parts) -> Result<(), TaskError> {
        remote::encode(self, parts)
    }

    fn from_answers(answers: &mut dyn AnswerSource, (): ()) -> Result<T::Output, TaskError> {
        let answer = answers.next().unwrap_or_else(|| Err(remote::no_answer()));
        remote::decode_output::<T>(answer?)
    }
}
