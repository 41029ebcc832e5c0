//! Waiting for several calls at once.
//!
//! The waiter registers with each cell once; each call that ends pushes its key to one
//! queue:
//!
//! ```text
//!   cell 0 --signal(0)--.
//!   cell 1 --signal(1)----> CompletionQueue: [1, 0, ...] --> wait, as_completed
//!   cell 2 --signal(2)--'
//! ```
//!
//! So taking the first of n does not scan the n, and taking all n in the order in which
//! they end costs O(n). A worker that waits runs the awaited calls that are pending on its
//! own executor in place, and tries each once.

mod as_completed;
mod completion_queue;
mod unfinished;
mod waitable;

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    cell::{CellRef, Signal},
    deadline,
};
use completion_queue::CompletionQueue;

pub use as_completed::{AsCompleted, TimedAsCompleted, as_completed};
pub use unfinished::Unfinished;
pub use waitable::{Waitable, Watched};

/// When [`wait`] returns.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// let pool = ThreadPool::new();
/// let futures = [pool.try_spawn(|| "7".parse::<u8>()), pool.try_spawn(|| "x".parse::<u8>())];
/// let waited = wait(futures, ReturnWhen::FirstException, None);
/// let failed = waited.done.into_iter().filter_map(|future| future.try_result().err());
/// assert_eq!(failed.count(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnWhen {
    /// As soon as one call has ended: finished, failed or cancelled.
    #[doc(alias = "FIRST_COMPLETED")]
    FirstCompleted,
    /// As soon as one call has failed, or all have ended.
    ///
    /// A call fails if [`Future::failure`](crate::Future::failure) has something to lend: its task
    /// returned an `Err`, panicked, or lost its worker. A cancelled call has not failed, nor has a
    /// closure given to `spawn` that returned an `Err`, which is a value there; give it to
    /// `try_spawn`. `Debug` of a failed future says so.
    #[doc(alias = "FIRST_EXCEPTION")]
    FirstException,
    /// Once all calls have ended.
    #[doc(alias = "ALL_COMPLETED")]
    AllCompleted,
}

/// The result of [`wait`]: futures whose calls have ended, and the others, each in their
/// original order.
#[derive(Debug)]
#[must_use = "futures that are dropped leave their calls running"]
pub struct Done<F> {
    /// The futures whose calls have ended: finished, failed or cancelled.
    pub done: Vec<F>,
    /// The futures whose calls have not ended.
    pub not_done: Vec<F>,
}

/// Blocks until `when` is met for several futures, at most for `limit`.
///
/// Takes futures, references to them, shared futures, and pairs of a key and one of these;
/// futures of different executors can be mixed. A future that is listed twice counts once.
/// That `limit` has passed is not an error: the remaining futures are `not_done`. So is the
/// future of a call that this thread itself is running, since waiting for it would never end.
/// In async code await the futures, with `join_all` or `select_all` of the `futures` crate.
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
#[doc(alias("join_all", "wait for all", "wait_all", "select"))]
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
    // Each state is loaded once, before the futures are moved: calls go on ending.
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

/// Waits until `when` is met, or the time limit has passed.
fn wait_for(cells: &[&CellRef], when: ReturnWhen, limit: Option<Duration>) {
    let deadline = deadline::after(limit);
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

/// Takes completions until one meets `when`, all calls have ended, or the deadline has passed.
///
/// In between, runs the pending calls that this worker may run in place.
fn await_completions(
    open: &[&CellRef],
    completions: &CompletionQueue,
    when: ReturnWhen,
    deadline: Option<Instant>,
) {
    let mut untried = open.iter();
    let mut missing = open.len();
    while missing > 0 {
        if completions.is_empty() && !deadline::has_passed(deadline) {
            // A call that runs in place pushes its key like any other.
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
    /// Whether the end of this call alone meets the condition.
    fn is_met_by(self, ended: &CellRef) -> bool {
        match self {
            Self::FirstCompleted => true,
            Self::FirstException => ended.state.load().is_failed(),
            Self::AllCompleted => false,
        }
    }
}
