//! Several calls that travel as one, and fail one by one.
//!
//! Executors need not know: a chunk is a call like any other. On its way to another
//! process it is a part for each of its calls, and an answer for each.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
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
    pub(crate) progress: Arc<Progress>,
    /// The map's own time limit.
    pub(crate) deadline: Option<Instant>,
}

/// What a map and its chunks tell each other.
#[derive(Default)]
pub(crate) struct Progress {
    /// Set when nobody wants the results any more.
    is_over: AtomicBool,
    /// How many calls have ended, by the chunks that have.
    ended: AtomicUsize,
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
        let outcomes: Self::Output = calls.into_iter().map(|call| run_one(call, &end)).collect();
        end.progress.add(outcomes.len());
        outcomes
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
        let failed = remote::encode_all(calls, parts);
        Ok(Aside { len, end, failed })
    }

    fn deadline(aside: &Aside) -> Option<Instant> {
        aside.end.deadline
    }

    fn from_answers(answers: &mut dyn Answers, aside: Aside) -> Outcome<Self::Output> {
        let Aside { len, end, failed } = aside;
        let mut failed = failed.into_iter().peekable();
        let mut outcomes = Vec::with_capacity(len);
        let mut next = |index: usize| {
            if let Some((_, error)) = failed.next_if(|(at, _)| *at == index) {
                return Some(Err(error));
            }
            let outcome = match answers.next() {
                None if end.has_come() => return None,
                None => Err(remote::no_answer()),
                // It was taken back before it started.
                Some(Err(error)) if error.is_cancelled() && end.has_come() => return None,
                Some(answer) => answer.and_then(remote::decode_uncaught::<T>),
            };
            Some(outcome.map_err(|error| error.of_task(T::name())))
        };
        // One catch for all, until one panics.
        while let Err(panic) = unwind::catch(|| {
            while outcomes.len() < len {
                outcomes.push(next(outcomes.len()));
            }
        }) {
            let error = remote::panicked(TaskError::decode, panic);
            outcomes.push(Some(Err(error.of_task(T::name()))));
        }
        end.progress.add(len);
        Ok(outcomes)
    }
}

impl End {
    /// It comes with the deadline, if there is one.
    pub(crate) fn new(deadline: Option<Instant>) -> Self {
        let progress = Arc::default();
        Self { progress, deadline }
    }

    fn has_come(&self) -> bool {
        // ORDERING: nothing is read on the strength of it.
        self.progress.is_over.load(Ordering::Relaxed) || waiting::has_passed(self.deadline)
    }
}

impl Progress {
    /// Nothing more is to start: a wish to chunks that run.
    pub(crate) fn end(&self) {
        // ORDERING: as in `has_come`.
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// So many calls have ended.
    pub(crate) fn add(&self, calls: usize) {
        self.ended.fetch_add(calls, Ordering::Relaxed);
    }

    /// How many calls have ended.
    pub(crate) fn ended(&self) -> usize {
        self.ended.load(Ordering::Relaxed)
    }
}
