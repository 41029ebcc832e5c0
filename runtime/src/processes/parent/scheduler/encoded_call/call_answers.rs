//! The answers to a call, collected as they arrive: bytes of many items together, and errors.
//!
//! ```text
//!   items    0 .. 900   900     901 .. 4096
//!   body     records    error   records         each item once; sorted when all are there
//! ```

use std::vec;

use super::item_states::ItemRange;
use crate::{
    error::TaskError,
    processes::wire::{message::AnswerBody, record},
    task,
};

/// The answer to consecutive items of a call.
#[derive(Debug)]
pub(crate) struct AnswerRun {
    items: ItemRange,
    body: AnswerBody,
}

/// The answers to all items of a call.
#[derive(Debug)]
pub(crate) enum CallAnswers {
    One(AnswerBody),
    Many(Vec<AnswerRun>),
}

/// The answers that have arrived, until the last one does.
#[derive(Debug)]
pub(super) struct PendingAnswers {
    runs: Vec<AnswerRun>,
    /// The number of items without an answer.
    left: usize,
}

impl PendingAnswers {
    /// For a call of `items` items.
    pub(super) fn new(items: usize) -> Self {
        let runs = Vec::new();
        Self { runs, left: items }
    }

    /// Keeps the answer to `items`, which had none. Returns all answers after the last one.
    pub(super) fn add(&mut self, items: ItemRange, body: AnswerBody) -> Option<CallAnswers> {
        self.left -= items.len();
        self.runs.push(AnswerRun { items, body });
        if self.left > 0 {
            return None;
        }
        let mut runs = std::mem::take(&mut self.runs);
        runs.sort_unstable_by_key(|run| run.items.start);
        Some(CallAnswers::Many(runs))
    }
}

impl CallAnswers {
    /// Reads the answers one by one, in the order of the items.
    pub(crate) fn into_cursor(self) -> AnswerCursor {
        let (current, runs) = match self {
            Self::One(body) => (Some(AnswerRun { items: 0..1, body }), Vec::new()),
            Self::Many(runs) => (None, runs),
        };
        let runs = runs.into_iter();
        AnswerCursor { runs, current }
    }
}

/// Reads the answers to a call; each one is borrowed until the next.
pub(crate) struct AnswerCursor {
    runs: vec::IntoIter<AnswerRun>,
    current: Option<AnswerRun>,
}

impl task::AnswerSource for AnswerCursor {
    fn next(&mut self) -> Option<Result<&[u8], TaskError>> {
        if self.current.as_ref().is_none_or(|run| run.items.is_empty()) {
            self.current = self.runs.next();
        }
        let AnswerRun { items, body } = self.current.as_mut()?;
        items.next()?;
        Some(match body {
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
