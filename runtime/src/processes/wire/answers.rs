//! What a worker answers to consecutive items of a batch: results as bytes, or an error.

use std::sync::Arc;

use crate::error::TaskError;

/// Bytes that came together from a worker.
pub(crate) type Slab = Arc<Vec<u8>>;

/// What was answered to consecutive items.
#[derive(Debug)]
pub(crate) enum AnswerBody {
    /// Results: records that begin here, one for each item.
    Values { slab: Slab, start: usize },
    /// The result of one item: the bytes from here on.
    Value { slab: Slab, start: usize },
    /// None of them has a result, for this reason.
    Error(TaskError),
}
