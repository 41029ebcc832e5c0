//! Several calls that travel as one, and fail one by one.
//!
//! Executors need not know: a chunk is a call like any other. On its way to another
//! process it is a part for each of its calls, and an answer for each.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use crate::{
    error::TaskError,
    future::{cell::Outcome, waiting},
    portable::Parts,
    task::{Answers, Entry, Remote, Task, Wire, remote},
    unwind,
};

/// Calls that run one after another, as one call.
pub struct Chunk<T> {
    calls: Vec<T>,
    end: End,
}

/// When nothing more of a map is to start.
#[derive(Clone)]
pub(crate) struct End {
    /// Set when nobody wants the results any more.
    pub(crate) is_over: Arc<AtomicBool>,
    /// The map's own time limit.
    pub(crate) deadline: Option<Instant>,
}

/// What stays behind while the parts of a chunk are away.
pub(crate) struct Aside {
    len: usize,
    end: End,
    /// The calls that never became a part, by their index, and why.
    failed: Vec<(usize, TaskError)>,
}

impl<T> Chunk<T> {
    pub(crate) fn new(calls: Vec<T>, end: End) -> Self {
        Self { calls, end }
    }
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

impl<T: Remote> Wire for Chunk<T> {
    type Aside = Aside;

    fn entry() -> &'static Entry {
        <T as Remote>::entry()
    }

    fn into_parts(self, parts: &mut Parts) -> Outcome<Aside> {
        let Self { calls, end } = self;
        let len = calls.len();
        let tries = calls
            .into_iter()
            .map(|call| remote::encode(call, parts).map_err(|error| error.of_task(T::name())));
        let failed = tries
            .enumerate()
            .filter_map(|(index, done)| Some((index, done.err()?)));
        let failed = failed.collect();
        Ok(Aside { len, end, failed })
    }

    fn deadline(aside: &Aside) -> Option<Instant> {
        aside.end.deadline
    }

    fn from_answers(answers: &mut dyn Answers, aside: Aside) -> Outcome<Self::Output> {
        let mut failed = aside.failed.into_iter().peekable();
        let outcomes = (0..aside.len).map(|index| {
            if let Some((_, error)) = failed.next_if(|(at, _)| *at == index) {
                return Some(Err(error));
            }
            let outcome = match answers.next() {
                None if aside.end.has_come() => return None,
                None => Err(remote::no_answer()),
                // It was taken back before it started.
                Some(Err(error)) if error.is_cancelled() && aside.end.has_come() => return None,
                Some(answer) => answer.and_then(remote::decode_output::<T>),
            };
            Some(outcome.map_err(|error| error.of_task(T::name())))
        });
        Ok(outcomes.collect())
    }
}

impl End {
    fn has_come(&self) -> bool {
        // ORDERING: nothing is read on the strength of it.
        self.is_over.load(Ordering::Relaxed) || waiting::has_passed(self.deadline)
    }
}
