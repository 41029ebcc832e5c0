//! Several calls that travel as one, and fail one by one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use super::Outcome;
use crate::{future::waiting, task::Task, unwind};

/// Calls that run one after another, as one call.
pub(super) struct Chunk<T> {
    pub(super) calls: Vec<T>,
    pub(super) end: End,
}

/// When nothing more of a map is to start.
#[derive(Clone)]
pub(super) struct End {
    /// Set when nobody wants the results any more.
    pub(super) is_over: Arc<AtomicBool>,
    /// The map's own time limit.
    pub(super) deadline: Option<Instant>,
}

impl<T: Task> Task for Chunk<T> {
    /// An outcome for each call; none for one that did not start in time.
    type Output = Vec<Option<Outcome<T::Output>>>;

    fn name() -> &'static str {
        T::name()
    }

    fn run(self) -> Self::Output {
        let Self { calls, end } = self;
        calls.into_iter().map(|call| run_one(call, &end)).collect()
    }
}

fn run_one<T: Task>(call: T, end: &End) -> Option<Outcome<T::Output>> {
    if end.has_come() {
        unwind::contain("dropping the arguments of a call", || drop(call));
        return None;
    }
    Some(unwind::catch(|| call.run()).map_err(|error| error.of_task(T::name())))
}

impl End {
    fn has_come(&self) -> bool {
        // ORDERING: nothing is read on the strength of it.
        self.is_over.load(Ordering::Relaxed) || waiting::has_passed(self.deadline)
    }
}
