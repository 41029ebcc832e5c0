//! Several calls that travel as one, and fail one by one.
//!
//! Executors need not know: a chunk is a call like any other. On its way to another
//! process it is a part for each of its calls, and an answer for each.

use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
    vec::Drain,
};

use super::{filled::ChunkOutcomes, segment::ChunkSlots, spares::VecReturn};
use crate::{
    error::TaskError,
    future::{cell::Outcome, waiting},
    portable::Parts,
    task::{AnswerSource, Entry, Remote, Task, Wire, remote},
    unwind,
};

/// Calls that run one after another, as one call.
pub struct Chunk<T: Task> {
    calls: PendingCalls<T>,
    vec_return: VecReturn<T>,
    /// Where their values will lie.
    slots: ChunkSlots<T::Output>,
    stop: StopCondition,
}

/// Calls in a vector, and the way back for that.
pub(crate) type CallVec<T> = (Vec<T>, VecReturn<T>);

/// Calls that may never run.
struct PendingCalls<T>(Vec<T>);

impl<T> Drop for PendingCalls<T> {
    fn drop(&mut self) {
        // One by one: arguments are the user's, and two that panic at once would end the program.
        if !self.0.is_empty() {
            unwind::drop_all("dropping the arguments of a call", self.0.drain(..));
        }
    }
}

/// When nothing more of a map is to start.
#[derive(Clone)]
pub(crate) struct StopCondition {
    pub(crate) progress: Arc<Progress>,
    /// The map's own time limit.
    pub(crate) deadline: Option<Instant>,
}

/// What a map and its chunks tell each other.
#[derive(Default)]
pub(crate) struct Progress {
    /// Set when nobody wants the results any more.
    is_stopped: AtomicBool,
    /// How many calls have ended, by the chunks that have.
    ended: AtomicUsize,
    /// Whether chunks that run in this process look at the clock.
    is_timed: bool,
    /// How long their calls took together, in nanoseconds.
    spent: AtomicU64,
}

/// What stays behind while the parts of a chunk are away.
pub(crate) struct RetainedChunk<O> {
    slots: ChunkSlots<O>,
    len: usize,
    stop: StopCondition,
    /// The calls that never became a part, by their index, and why.
    failed: Vec<(usize, TaskError)>,
}

impl<T: Task> Chunk<T> {
    /// The room is to be for as many values as there are calls.
    pub(crate) fn new(
        calls: CallVec<T>,
        slots: ChunkSlots<T::Output>,
        stop: StopCondition,
    ) -> Self {
        let (calls, vec_return) = calls;
        Self {
            calls: PendingCalls(calls),
            vec_return,
            slots,
            stop,
        }
    }
}

impl<T: Task> Task for Chunk<T> {
    /// An outcome for each call; none for one that did not start in time.
    type Output = ChunkOutcomes<T::Output>;

    fn name() -> &'static str {
        T::name()
    }

    fn run(self) -> Self::Output {
        let mut calls = self.calls;
        let (stop, mut outcomes) = (self.stop, ChunkOutcomes::new(self.slots));
        let start = stop.progress.is_timed.then(Instant::now);
        let mut rest = calls.0.drain(..);
        // One catch for all, until one panics.
        while let Err(error) = unwind::catch(|| run_some(&mut rest, &mut outcomes, &stop)) {
            outcomes.push_missing(Some(error.of_task(T::name())));
        }
        for call in rest {
            unwind::contain("dropping the arguments of a call", || drop(call));
            outcomes.push_missing(None);
        }
        self.vec_return.give_back(mem::take(&mut calls.0));
        match start {
            Some(start) => stop.progress.add_timed(outcomes.decided(), start.elapsed()),
            None => stop.progress.add(outcomes.decided()),
        }
        outcomes
    }
}

/// Runs calls until none is left, the end has come, or one panics.
fn run_some<T: Task>(
    calls: &mut Drain<'_, T>,
    outcomes: &mut ChunkOutcomes<T::Output>,
    stop: &StopCondition,
) {
    // Apart: a call may cost less than it does to read the clock, or even to ask whether to.
    match stop.deadline {
        None => run_until(|| stop.progress.is_stopped(), calls, outcomes),
        Some(_) => run_until(|| stop.is_met(), calls, outcomes),
    }
}

#[inline]
fn run_until<T: Task>(
    is_over: impl Fn() -> bool,
    calls: &mut Drain<'_, T>,
    outcomes: &mut ChunkOutcomes<T::Output>,
) {
    outcomes.fill(|| {
        if is_over() {
            return None;
        }
        Some(calls.next()?.run())
    });
}

impl<T: Remote> Wire for Chunk<T> {
    type Retained = RetainedChunk<T::Output>;

    fn entry() -> &'static Entry {
        <T as Remote>::entry()
    }

    fn into_parts(self, parts: &mut Parts) -> Outcome<Self::Retained> {
        let Self {
            mut calls,
            vec_return,
            slots,
            stop,
        } = self;
        let len = calls.0.len();
        let failed = remote::encode_all(&mut calls.0, parts);
        vec_return.give_back(mem::take(&mut calls.0));
        Ok(RetainedChunk {
            slots,
            len,
            stop,
            failed,
        })
    }

    fn deadline(retained: &Self::Retained) -> Option<Instant> {
        retained.stop.deadline
    }

    fn from_answers(
        answers: &mut dyn AnswerSource,
        retained: Self::Retained,
    ) -> Outcome<Self::Output> {
        let RetainedChunk {
            slots,
            len,
            stop,
            failed,
        } = retained;
        let mut failed = failed.into_iter().peekable();
        let mut outcomes = ChunkOutcomes::new(slots);
        let mut next = |index: usize| {
            if let Some((_, error)) = failed.next_if(|(at, _)| *at == index) {
                return Err(Some(error));
            }
            match answers.next() {
                None if stop.is_met() => Err(None),
                None => Err(Some(remote::no_answer())),
                // It was taken back before it started.
                Some(Err(error)) if error.is_cancelled() && stop.is_met() => Err(None),
                Some(answer) => answer.and_then(remote::decode_uncaught::<T>).map_err(Some),
            }
        };
        let named = |error: TaskError| error.of_task(T::name());
        // One catch for all, until one panics.
        while let Err(panic) = unwind::catch(|| {
            while outcomes.decided() < len {
                match next(outcomes.decided()) {
                    Ok(value) => outcomes.push(value),
                    Err(error) => outcomes.push_missing(error.map(named)),
                }
            }
        }) {
            let error = remote::panicked(TaskError::decode, panic);
            outcomes.push_missing(Some(named(error)));
        }
        stop.progress.add(len);
        Ok(outcomes)
    }
}

impl StopCondition {
    /// It comes with the deadline, if there is one.
    pub(crate) fn new(deadline: Option<Instant>, is_timed: bool) -> Self {
        let progress = Progress {
            is_timed,
            ..Progress::default()
        };
        Self {
            progress: Arc::new(progress),
            deadline,
        }
    }

    fn is_met(&self) -> bool {
        self.progress.is_stopped() || waiting::has_passed(self.deadline)
    }
}

impl Progress {
    /// Nothing more is to start: a wish to chunks that run.
    pub(crate) fn stop(&self) {
        // ORDERING: nothing is read on the strength of it.
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    #[inline]
    fn is_stopped(&self) -> bool {
        // ORDERING: as in `stop`.
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// So many calls have ended.
    pub(crate) fn add(&self, calls: usize) {
        // ORDERING: Release pairs with the Acquire in `ended`, for `add_timed`.
        self.ended.fetch_add(calls, Ordering::Release);
    }

    /// So many calls have ended that took so long together.
    pub(crate) fn add_timed(&self, calls: usize, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.spent.fetch_add(nanoseconds, Ordering::Relaxed);
        // After the time: who sees the calls sees too much of it rather than too little.
        self.add(calls);
    }

    /// How many calls have ended.
    pub(crate) fn ended(&self) -> usize {
        // ORDERING: see `add`.
        self.ended.load(Ordering::Acquire)
    }

    /// How long calls took that were timed, all together.
    pub(crate) fn spent(&self) -> Duration {
        Duration::from_nanos(self.spent.load(Ordering::Relaxed))
    }
}
