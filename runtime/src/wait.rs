//! Waiting for several calls at once.
//!
//! Each call is asked once to say when it is done, to one place where all of
//! them arrive:
//!
//! ```text
//!   cell 0 --signal(0)--.
//!   cell 1 --signal(1)----> CompletionQueue: [1, 0, ...] --> wait, as_completed
//!   cell 2 --signal(2)--'
//! ```
//!
//! So the first of n costs no look at the n, and taking all n in the order they
//! finish costs O(n). A worker that waits runs those of the awaited calls
//! that are pending on its own executor, each looked at once.

mod as_completed;
mod completion_queue;
mod unfinished;
mod waitable;

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::future::{cell::CellRef, waiting, watchers::Signal};
use completion_queue::CompletionQueue;

pub use as_completed::{AsCompleted, TimedAsCompleted, as_completed};
pub use unfinished::Unfinished;
pub use waitable::{Waitable, Watched};

/// When [`wait`] returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnWhen {
    /// As soon as one call has ended, in whatever way.
    FirstCompleted,
    /// As soon as one call has failed (a panic, a returned `Err`, a lost
    /// worker); when all have ended if none does. A cancel is no failure.
    FirstException,
    /// When all calls have ended.
    AllCompleted,
}

/// Futures told apart by whether their calls have ended; in the order given to [`wait`].
#[derive(Debug)]
#[must_use = "futures that are dropped leave their calls running"]
pub struct Done<F> {
    /// Those whose calls have ended: finished, failed or cancelled.
    pub done: Vec<F>,
    /// The others.
    pub not_done: Vec<F>,
}

/// Waits for several calls, at most for `limit`.
///
/// Takes futures, references to them, shared ones, and pairs of a key and one of
/// these; futures of different executors mix. One that is listed twice counts
/// once. Blocks until `when` is met or the time runs out, which is no error: it
/// shows in what is `not_done`. A call that this very thread is running stays
/// there, too: waiting for it would never end.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// let pool = ThreadPool::new();
/// let futures = [pool.spawn(|| 1), pool.spawn(|| 2)];
/// let all = wait(&futures, ReturnWhen::AllCompleted, None);
/// assert_eq!((all.done.len(), all.not_done.len()), (2, 0));
///
/// let first = wait(futures, ReturnWhen::FirstCompleted, Duration::from_secs(5));
/// assert!(!first.done.is_empty());
/// ```
pub fn wait<I>(futures: I, when: ReturnWhen, limit: impl Into<Option<Duration>>) -> Done<I::Item>
where
    I: IntoIterator,
    I::Item: Waitable,
{
    let limit = limit.into();
    let mut seen = HashSet::new();
    let futures: Vec<_> = futures
        .into_iter()
        .filter(|future| seen.insert(cell(future).id))
        .collect();
    let cells: Vec<&CellRef> = futures.iter().map(cell).collect();
    if limit != Some(Duration::ZERO) {
        wait_for(&cells, when, limit);
    }
    // Looked at once each, before the futures are moved: calls go on ending.
    let is_done: Vec<bool> = cells
        .iter()
        .map(|cell| cell.state.load().is_done())
        .collect();
    partition(futures, is_done)
}

fn cell<F: Waitable>(future: &F) -> &CellRef {
    future.watched().cell()
}

fn partition<F>(futures: Vec<F>, is_done: Vec<bool>) -> Done<F> {
    let mut result = Done {
        done: Vec::new(),
        not_done: Vec::new(),
    };
    for (future, is_done) in futures.into_iter().zip(is_done) {
        if is_done {
            result.done.push(future)
        } else {
            result.not_done.push(future)
        }
    }
    result
}

/// Returns when `when` is met, or the time has run out.
fn wait_for(cells: &[&CellRef], when: ReturnWhen, limit: Option<Duration>) {
    let deadline = waiting::deadline(limit);
    let mut open: Vec<&CellRef> = Vec::new();
    for cell in cells {
        if cell.state.load().is_done() {
            if when.is_met_by(cell) {
                return;
            }
        } else if !cell.is_run_here() {
            open.push(cell);
        }
    }
    let completions = Arc::new(CompletionQueue::default());
    let signal: Arc<dyn Signal> = completions.clone();
    for (key, cell) in open.iter().enumerate() {
        cell.watch_done(&signal, key);
    }
    await_completions(&open, &completions, when, deadline);
    for cell in open {
        cell.unwatch(&signal);
    }
}

/// Takes arrivals until they meet `when`, all are there, or the time has run out.
///
/// Between them, runs what this worker may run itself.
fn await_completions(
    open: &[&CellRef],
    completions: &CompletionQueue,
    when: ReturnWhen,
    deadline: Option<Instant>,
) {
    let mut untried = open.iter();
    let mut missing = open.len();
    while missing > 0 {
        if completions.is_empty() && !waiting::has_passed(deadline) {
            // A call that runs in place arrives like any other.
            if let Some(cell) = untried.next() {
                cell.run_in_place();
                continue;
            }
        }
        match completions.next(deadline) {
            Some(key) if !when.is_met_by(open[key]) => missing -= 1,
            _ => return,
        }
    }
}

impl ReturnWhen {
    /// Whether the end of this call alone is reason to return.
    fn is_met_by(self, ended: &CellRef) -> bool {
        match self {
            Self::FirstCompleted => true,
            Self::FirstException => ended.state.load().is_failed(),
            Self::AllCompleted => false,
        }
    }
}
