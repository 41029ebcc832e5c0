//! The answers to a call, as they came: bytes of many items together, and errors.
//!
//! ```text
//!   items    0 .. 900   900     901 .. 4096
//!   said     records    error   records         each once; in order when all are there
//! ```

use std::{ops::Range, sync::Arc, vec};

use super::record;
use crate::{error::TaskError, task};

/// Bytes that came together from a worker.
pub(super) type Slab = Arc<Vec<u8>>;

/// What was answered to consecutive items.
#[derive(Debug)]
pub(super) enum AnswerBody {
    /// Results: records that begin here, one for each item.
    Values { slab: Slab, start: usize },
    /// The result of one item: the bytes from here on.
    Value { slab: Slab, start: usize },
    /// None of them has a result, for this reason.
    Error(TaskError),
}

/// What was answered to some items of a call.
#[derive(Debug)]
pub(super) struct AnswerRun {
    items: Range<usize>,
    said: AnswerBody,
}

/// The answers to all items of a call.
#[derive(Debug)]
pub(super) enum CallAnswers {
    One(AnswerBody),
    Many(Vec<AnswerRun>),
}

/// CallAnswers that are still to come.
#[derive(Debug)]
pub(super) struct PendingAnswers {
    runs: Vec<AnswerRun>,
    /// How many items have no answer yet.
    left: usize,
}

impl PendingAnswers {
    /// Of a call of so many items.
    pub(super) fn new(items: usize) -> Self {
        let runs = Vec::new();
        Self { runs, left: items }
    }

    /// Keeps the answer to items that had none; all answers if it was the last.
    pub(super) fn add(&mut self, items: Range<usize>, said: AnswerBody) -> Option<CallAnswers> {
        self.left -= items.len();
        self.runs.push(AnswerRun { items, said });
        if self.left > 0 {
            return None;
        }
        let mut runs = std::mem::take(&mut self.runs);
        runs.sort_unstable_by_key(|run| run.items.start);
        Some(CallAnswers::Many(runs))
    }
}

impl CallAnswers {
    /// Lends the answers one after another.
    pub(super) fn into_cursor(self) -> AnswerCursor {
        let (current, runs) = match self {
            Self::One(said) => (Some(AnswerRun { items: 0..1, said }), Vec::new()),
            Self::Many(runs) => (None, runs),
        };
        let runs = runs.into_iter();
        AnswerCursor { runs, current }
    }
}

/// The answers to a call, each lent until the next.
pub(super) struct AnswerCursor {
    runs: vec::IntoIter<AnswerRun>,
    current: Option<AnswerRun>,
}

impl task::AnswerSource for AnswerCursor {
    fn next(&mut self) -> Option<Result<&[u8], TaskError>> {
        if self.current.as_ref().is_none_or(|run| run.items.is_empty()) {
            self.current = self.runs.next();
        }
        let AnswerRun { items, said } = self.current.as_mut()?;
        items.next()?;
        Some(match said {
            AnswerBody::Values { slab, start } => {
                let len = record::len(&slab[*start..]).expect("records were read before");
                let begin = *start + record::HEAD;
                *start = begin + len;
                Ok(&slab[begin..begin + len])
            }
            AnswerBody::Value { slab, start } => Ok(&slab[*start..]),
            AnswerBody::Error(error) => Err(error.clone()),
        })
    }
}
