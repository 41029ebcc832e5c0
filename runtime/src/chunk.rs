//! Several calls of a `map` that are submitted as one, and fail one by one.
//!
//! ```text
//!   recycle   empty vectors for calls  <------------.
//!      |                                            |
//!      v                                            |
//!   Chunk { calls, slots }  ---- run, or encode ----'
//!                     |
//!                     '--> ChunkOutcomes: values in a segment, and what is missing
//! ```
//!
//! Executors do not know of chunks: a chunk is a call like any other. Encoded, it has one
//! part for each of its calls, and gets one answer for each.

mod backoff;
#[expect(
    unsafe_code,
    reason = "owns values that lie where the calls of a chunk wrote them"
)]
mod outcomes;
mod progress;
mod recycle;
#[expect(
    unsafe_code,
    reason = "lets several threads write to one allocation, and makes a `Vec` of it"
)]
mod segment;

use std::{mem, time::Instant, vec::Drain};

use crate::{
    cell::Outcome,
    error::TaskError,
    portable::Parts,
    task::{AnswerSource, Entry, Remote, Task, Wire, remote},
    unwind,
};
use recycle::VecReturn;

pub(crate) use backoff::Backoff;
pub(crate) use outcomes::ChunkOutcomes;
pub(crate) use progress::{Progress, StopCondition};
pub(crate) use recycle::VecPool;
pub(crate) use segment::{ChunkSlots, SlotAllocator};

/// Several calls that run one after another, as one call.
pub struct Chunk<T: Task> {
    calls: PendingCalls<T>,
    vec_return: VecReturn<T>,
    /// The memory for the values that the calls return.
    slots: ChunkSlots<T::Output>,
    stop: StopCondition,
}

/// Calls in a vector of a `VecPool`, and the handle that returns it.
pub(crate) type CallVec<T> = (Vec<T>, VecReturn<T>);

/// Calls that have not run; dropping them contains panics.
struct PendingCalls<T>(Vec<T>);

impl<T> Drop for PendingCalls<T> {
    fn drop(&mut self) {
        // One by one: dropping arguments is user code, and a second panic while one unwinds would
        // abort the program.
        if !self.0.is_empty() {
            unwind::drop_all("dropping the arguments of a call", self.0.drain(..));
        }
    }
}

/// The data of an encoded chunk that is kept here, to make its outcomes.
pub(crate) struct RetainedChunk<O> {
    slots: ChunkSlots<O>,
    len: usize,
    stop: StopCondition,
    /// The calls that could not be encoded: index and error.
    failed: Vec<(usize, TaskError)>,
}

impl<T: Task> Chunk<T> {
    /// `slots` has one slot for each call.
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
    /// An outcome for each call; `None` for a call that did not start in time.
    type Output = ChunkOutcomes<T::Output>;

    fn name() -> &'static str {
        T::name()
    }

    fn run(self) -> Self::Output {
        let mut calls = self.calls;
        let (stop, mut outcomes) = (self.stop, ChunkOutcomes::new(self.slots));
        let start = stop.progress.is_timed.then(Instant::now);
        let mut rest = calls.0.drain(..);
        // One `catch_unwind` for the whole run of calls; after a panic, a new one.
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

/// Runs calls until none is left, the stop condition is met, or a call panics.
fn run_some<T: Task>(
    calls: &mut Drain<'_, T>,
    outcomes: &mut ChunkOutcomes<T::Output>,
    stop: &StopCondition,
) {
    // Two loops: a call may cost less than reading the clock, or than checking whether to.
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
                // It was revoked before it started.
                Some(Err(error)) if error.is_cancelled() && stop.is_met() => Err(None),
                Some(answer) => answer.and_then(remote::decode_uncaught::<T>).map_err(Some),
            }
        };
        let named = |error: TaskError| error.of_task(T::name());
        // As in `run`.
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
