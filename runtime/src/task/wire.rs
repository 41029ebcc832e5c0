//! What a remote executor moves: the parts of a call, and the answers to them.
//!
//! A call of a task is one part and gets one answer. A call that is made of several
//! is a part for each, so that they fail one by one on the far side too.

use std::time::Instant;

use super::{Remote, Task, entry::Entry, remote};
use crate::{error::TaskError, portable::Parts};

/// What was answered to the parts of a call, in their order.
pub(crate) trait AnswerSource {
    /// The next one: bytes, or why there are none. None if there is no further answer.
    fn next(&mut self) -> Option<Result<&[u8], TaskError>>;
}

/// No answer at all.
pub(crate) struct NoAnswers;

impl AnswerSource for NoAnswers {
    fn next(&mut self) -> Option<Result<&[u8], TaskError>> {
        None
    }
}

/// A call that can go to another process.
pub(crate) trait Wire: Task {
    /// What stays behind, to make the outcome of the answers.
    type Retained: Send + 'static;

    fn entry() -> &'static Entry;

    /// Adds the call to `parts`; an error if nothing of it can be sent.
    fn into_parts(self, parts: &mut Parts) -> Result<Self::Retained, TaskError>;

    /// When nothing of the call is to start any more, if ever.
    fn deadline(_retained: &Self::Retained) -> Option<Instant> {
        None
    }

    /// Makes the outcome of what was answered.
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
