//! Many calls of one task, with their results as an iterator.
//!
//! ```text
//!   inputs --pull--> calls --submit--> [ submission, submission ] --next--> results
//!                                              in flight
//! ```
//!
//! A submission is one call, or a chunk: several calls that are submitted as one and
//! fail one by one. Without a buffer all inputs are pulled and submitted at once; with
//! a buffer, only the number that it holds, and more as results are taken.

mod collect;
mod feed;
mod gathered;
mod in_flight;
mod into_vec;
mod options;
mod sizing;
mod submission;
mod try_results;

use std::{fmt, iter::FusedIterator, time::Duration};

use crate::{
    cell::{CellRef, Outcome},
    chunk::{ChunkOutcomes, StopCondition},
    deadline,
    error::TaskError,
    executor::{Executor, Reaches},
    unwind,
};
use feed::{CallFeed, Feed};
use in_flight::{InFlight, NextEnded};
use sizing::Sizing;
use submission::{Submission, SubmissionOutcome};

pub use collect::FromResults;
pub use options::{MapError, MapOptions};
pub use try_results::TryResults;

/// Submits all `calls` at once; the results come in order.
///
/// Inputs that are known never to end are refused: the only result is that error.
pub(crate) fn map<E, I, T>(executor: &E, calls: I) -> Map<'static, T::Output>
where
    E: Executor + ?Sized,
    I: Iterator<Item = T>,
    T: Reaches<E::Reach>,
{
    let options = MapOptions::new();
    let mut map = Map::new(&options, executor);
    match options.check(calls.size_hint()) {
        Ok(()) => {
            let mut calls = map.calls(executor, calls, &options);
            map.submit_all(|most| calls.submit_next(most));
        }
        Err(error) => {
            map.current = Some(ChunkOutcomes::failed(1, &TaskError::rejected(error)));
            map.outstanding = 1;
        }
    }
    map
}

/// Submits `calls` with `options`.
pub(crate) fn map_with<'a, E, I, T>(
    executor: &'a E,
    options: &MapOptions,
    calls: I,
) -> Result<Map<'a, T::Output>, MapError>
where
    E: Executor + ?Sized,
    I: Iterator<Item = T> + Send + 'a,
    T: Reaches<E::Reach>,
{
    options.check(calls.size_hint())?;
    let mut map = Map::new(options, executor);
    let mut calls = map.calls(executor, calls, options);
    match options.get_buffer() {
        None => map.submit_all(|most| calls.submit_next(most)),
        Some(buffer) => {
            map.feed = Some(Box::new(calls));
            map.buffer = buffer;
            map.fill(true);
        }
    }
    Ok(map)
}

/// An iterator over the results of many calls; made by a task's `map` and by
/// [`Submit::map`](crate::Submit::map).
///
/// [`next`](Iterator::next) blocks until the next result is available; in async code submit a call
/// for each input, and await the futures. A failed call yields its error in its place, and later
/// results still come. Dropping the iterator loses no work: submitted calls still run, unless the
/// map was asked to [cancel them](MapOptions::cancel_on_drop).
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn half(n: u32) -> u32 { if n % 2 == 0 { n / 2 } else { panic!("{n} is odd") } }
///
/// let pool = ThreadPool::new();
/// let mut halves = Vec::new();
/// for half in half::map(&pool, 2..=4) {
///     match half {
///         Ok(half) => halves.push(half),
///         Err(error) => println!("left out: {error}"),
///     }
/// }
/// assert_eq!(halves, [1, 2]);
/// ```
#[doc(alias("imap", "par_iter"))]
#[must_use = "the calls run, but nobody sees their results or errors; iterate, or call `into_vec`"]
pub struct Map<'a, T> {
    /// The source of further calls; `None` once all are submitted.
    feed: Option<Box<dyn Feed<T> + 'a>>,
    in_flight: InFlight<T>,
    /// The rest of the chunk that is being yielded.
    current: Option<ChunkOutcomes<T>>,
    /// The maximum of `outstanding`, if there is a feed.
    buffer: usize,
    /// The number of inputs that were pulled, less that of results that were yielded.
    outstanding: usize,
    sizing: Sizing,
    timeout: Duration,
    cancel_on_drop: bool,
    /// When no further call is to start; chunks check it between their calls.
    stop: StopCondition,
    /// Whether a call did not start in time.
    has_unstarted: bool,
}

/// What a wait for the next submission gave.
enum Received<T> {
    /// A chunk, which is in `current`.
    Chunk,
    Result(Outcome<T>),
    Nothing,
}

impl<T> Map<'_, T> {
    fn new<E: Executor + ?Sized>(options: &MapOptions, executor: &E) -> Self {
        let buffer = options.get_buffer().unwrap_or(usize::MAX);
        let is_measured = options.get_chunk_size().is_none() && executor.tuning().prefers_chunks;
        let stop = StopCondition::new(deadline::after(options.get_timeout()), is_measured);
        let sizing = if is_measured {
            Sizing::measured(stop.progress.clone(), executor, buffer)
        } else {
            Sizing::Fixed(options.get_chunk_size().unwrap_or(1).min(buffer))
        };
        Self {
            feed: None,
            in_flight: InFlight::new(options.is_unordered()),
            current: None,
            buffer: 0,
            outstanding: 0,
            sizing,
            timeout: options.get_timeout().unwrap_or_default(),
            cancel_on_drop: options.cancels_on_drop(),
            stop,
            has_unstarted: false,
        }
    }

    /// Makes the feed of this map's calls.
    fn calls<'e, E, I, C>(
        &self,
        executor: &'e E,
        calls: I,
        options: &MapOptions,
    ) -> CallFeed<'e, E, I, C>
    where
        E: Executor + ?Sized,
        I: Iterator<Item = C>,
        C: Reaches<E::Reach>,
    {
        let is_measured = self.sizing.is_measured();
        CallFeed::new(executor, calls, self.stop.clone(), options, is_measured)
    }

    /// Submits all calls.
    fn submit_all(&mut self, mut submit: impl FnMut(usize) -> Option<Submission<T>>) {
        while let Some(submission) = submit(self.sizing.next()) {
            self.add(submission);
        }
    }

    /// Fills the buffer with chunks; `to_the_brim`, the last chunk may be smaller than the others.
    fn fill(&mut self, to_the_brim: bool) {
        while let Some(feed) = &mut self.feed {
            let free = self.buffer - self.outstanding;
            if free == 0 {
                return;
            }
            let size = self.sizing.next();
            if free < size && !to_the_brim {
                return;
            }
            match feed.submit(free.min(size)) {
                None => self.drop_feed(),
                Some(submission) => self.add(submission),
            }
        }
    }

    fn add(&mut self, submission: Submission<T>) {
        self.outstanding += submission.len();
        self.sizing.record_submitted(submission.len());
        self.in_flight.add(submission);
    }

    /// Stops the map: no further call starts.
    fn stop(&mut self) {
        self.stop.progress.stop();
        self.current = None;
        self.outstanding = 0;
        self.drop_feed();
        self.in_flight.take_all().iter().for_each(|submission| {
            CellRef::cancel(submission.cell());
        });
    }

    /// Drops the inputs that were not pulled.
    fn drop_feed(&mut self) {
        let feed = self.feed.take();
        if feed.is_some() {
            unwind::contain("dropping the inputs of a map", || drop(feed));
        }
    }

    /// Stops the map, and makes the error that says so.
    fn time_out(&mut self) -> Outcome<T> {
        self.stop();
        self.has_unstarted = false;
        Err(TaskError::timed_out(self.timeout))
    }

    /// Pulls more inputs, if the buffer has room and the time limit has not passed.
    fn refill(&mut self) {
        if self.feed.is_some() && !deadline::has_passed(self.stop.deadline) {
            self.fill(false);
        }
    }

    /// Counts `results` as yielded.
    fn count_yielded(&mut self, results: usize) {
        self.outstanding = self.outstanding.saturating_sub(results);
    }

    /// The next result of the chunk that is being yielded.
    fn next_of_chunk(&mut self) -> Option<Outcome<T>> {
        while let Some(started) = self.current.as_mut()?.next() {
            self.count_yielded(1);
            if started.is_some() {
                return started;
            }
            self.has_unstarted = true;
            // In order, the results after it cannot be yielded; without order they still are.
            if !self.in_flight.is_unordered() {
                return Some(self.time_out());
            }
        }
        self.current = None;
        None
    }

    /// Waits for the next submission to end.
    fn receive(&mut self) -> Received<T> {
        match self.in_flight.wait_next(self.stop.deadline) {
            NextEnded::Nothing if self.has_missed_inputs() => Received::Result(self.time_out()),
            NextEnded::Nothing => Received::Nothing,
            NextEnded::TimedOut => Received::Result(self.time_out()),
            NextEnded::Submission(submission) => match submission.into_results() {
                SubmissionOutcome::One(outcome) => {
                    self.count_yielded(1);
                    Received::Result(outcome)
                }
                SubmissionOutcome::Many(chunk) => {
                    self.current = Some(chunk);
                    Received::Chunk
                }
            },
        }
    }

    /// Whether the time limit passed before all calls had started, as far as the inputs tell.
    fn has_missed_inputs(&self) -> bool {
        let feed = self.feed.as_ref();
        let may_have_more = feed.is_some_and(|feed| feed.size_hint().1 != Some(0));
        self.has_unstarted || may_have_more && deadline::has_passed(self.stop.deadline)
    }
}

impl<T> Iterator for Map<'_, T> {
    type Item = Result<T, TaskError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.refill();
        loop {
            if let Some(outcome) = self.next_of_chunk() {
                return Some(outcome);
            }
            match self.receive() {
                Received::Chunk => {}
                Received::Result(outcome) => return Some(outcome),
                Received::Nothing => return None,
            }
        }
    }

    /// Exact once all inputs are submitted, unless there is a time limit, which may put one error
    /// in the place of several results.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let (least, most) = self
            .feed
            .as_ref()
            .map_or((0, Some(0)), |feed| feed.size_hint());
        // A call that did not start in time was counted as yielded; its error is still to come.
        let here = self.outstanding + usize::from(self.has_unstarted);
        let most = most.and_then(|most| most.checked_add(here));
        if self.stop.deadline.is_none() {
            (least.saturating_add(here), most)
        } else {
            (here.min(1), most)
        }
    }
}

impl<T> FusedIterator for Map<'_, T> {}

impl<T> Drop for Map<'_, T> {
    fn drop(&mut self) {
        if self.cancel_on_drop {
            self.stop();
        }
        self.drop_feed();
    }
}

impl<T> fmt::Debug for Map<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map")
            .field("outstanding", &self.outstanding)
            .finish_non_exhaustive()
    }
}
