//! Several calls that travel as one, and fail one by one.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::Outcome;
use crate::{error::TaskError, task::Task, unwind};

/// Calls that run one after another, as one call.
pub(super) struct Chunk<T> {
    pub(super) calls: Vec<T>,
    /// Calls that have not started when this is set never do.
    pub(super) is_over: Arc<AtomicBool>,
}

impl<T: Task> Task for Chunk<T> {
    type Output = Vec<Outcome<T::Output>>;

    fn name() -> &'static str {
        T::name()
    }

    fn run(self) -> Self::Output {
        let Self { calls, is_over } = self;
        calls
            .into_iter()
            .map(|call| run_one(call, &is_over))
            .collect()
    }
}

fn run_one<T: Task>(call: T, is_over: &AtomicBool) -> Outcome<T::Output> {
    // ORDERING: nothing is read on the strength of it.
    if is_over.load(Ordering::Relaxed) {
        unwind::contain("dropping the arguments of a call", || drop(call));
        return Err(TaskError::cancelled().of_task(T::name()));
    }
    unwind::catch(|| call.run()).map_err(|error| error.of_task(T::name()))
}
