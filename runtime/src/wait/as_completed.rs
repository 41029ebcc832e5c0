//! Futures in the order in which their calls end.

use std::{
    collections::{HashSet, VecDeque},
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Unfinished, Waitable, cell, completion_queue::CompletionQueue};
use crate::{
    cell::{Signal, current},
    deadline,
    id::CallId,
    unwind,
};

/// Yields futures in the order in which their calls end.
///
/// Takes what [`wait`](crate::wait) takes; a future that is listed twice is yielded once.
/// [`next`](Iterator::next) blocks until another call has ended; in async code use
/// `FuturesUnordered` of the `futures` crate. The iterator keeps no future that it has yielded. A
/// call that this thread itself is running is yielded last, since waiting for it would never end;
/// its result is an error that [`is_would_deadlock`](crate::TaskError::is_would_deadlock).
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// let pool = ThreadPool::new();
/// let squares = (1..=4).map(|n| (n, pool.spawn(move || n * n)));
/// for (n, square) in as_completed(squares) {
///     println!("{n} squared is {}", square.result()?);
/// }
/// # Ok::<(), TaskError>(())
/// ```
#[doc(alias("FuturesUnordered", "select_all", "wait for any"))]
pub fn as_completed<I>(futures: I) -> AsCompleted<I::Item>
where
    I: IntoIterator,
    I::Item: Waitable,
{
    let mut completed = AsCompleted::new();
    futures.into_iter().for_each(|future| completed.add(future));
    completed
}

/// An iterator over futures whose calls have ended; made by [`as_completed`].
#[must_use = "nothing waits for these futures; iterate, or keep the iterator to `add` to it"]
pub struct AsCompleted<F: Waitable> {
    completions: Arc<CompletionQueue>,
    /// Each future at its key, until it is yielded.
    futures: Vec<Option<F>>,
    /// Keys that can be used again.
    free: Vec<usize>,
    /// The ids of the calls in `futures`.
    ids: HashSet<CallId>,
    /// Keys of calls that a worker has not yet tried to run in place.
    untried: VecDeque<usize>,
    /// Keys of calls that run below the call in `own_in`, on the same logical thread:
    /// they cannot arrive while that one waits.
    own: Vec<usize>,
    own_in: Option<CallId>,
    /// The number of futures that were ever added.
    added: usize,
}

impl<F: Waitable> AsCompleted<F> {
    pub(crate) fn new() -> Self {
        Self {
            completions: Arc::default(),
            futures: Vec::new(),
            free: Vec::new(),
            ids: HashSet::new(),
            untried: VecDeque::new(),
            own: Vec::new(),
            own_in: None,
            added: 0,
        }
    }

    /// Adds a future, to be yielded when its call ends.
    ///
    /// A future that is still to be yielded is not added twice.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let pool = ThreadPool::new();
    /// let mut halves = as_completed([pool.spawn(|| 40)]);
    /// let mut seen = Vec::new();
    /// while let Some(future) = halves.next() {
    ///     let n = future.result()?;
    ///     seen.push(n);
    ///     if n % 2 == 0 {
    ///         halves.add(pool.spawn(move || n / 2));
    ///     }
    /// }
    /// assert_eq!(seen, [40, 20, 10, 5]);
    /// # Ok::<(), TaskError>(())
    /// ```
    pub fn add(&mut self, future: F) {
        if !self.ids.insert(cell(&future).id) {
            return;
        }
        self.added += 1;
        let key = self.free.pop().unwrap_or_else(|| {
            self.futures.push(None);
            self.futures.len() - 1
        });
        let call = cell(&future);
        if call.executor.is_some() {
            self.note_untried(key);
        }
        if self.own_in.is_some() && self.own_in == current::call() && call.is_run_here() {
            self.own.push(key);
        }
        let signal: Arc<dyn Signal> = self.completions.clone();
        call.watch_done(&signal, key);
        self.futures[key] = Some(future);
    }

    /// Whether all futures have been yielded.
    pub(crate) fn is_over(&self) -> bool {
        self.ids.is_empty()
    }

    /// Sets a time limit for all futures together, counted from now.
    ///
    /// Yields `Ok(future)` for each call that ends in time, then one `Err` with
    /// [`Unfinished`], which holds the other futures, if there are any.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Promise, prelude::*};
    ///
    /// let (_promise, never) = Promise::<u8>::new();
    /// let (kept, soon) = Promise::<u8>::new();
    /// kept.finish(Ok(1)).expect("it is not cancelled");
    ///
    /// let mut futures = as_completed([never, soon]).timeout(Duration::from_millis(10));
    /// assert!(futures.next().is_some_and(|first| first.is_ok()));
    /// let unfinished = futures.next().expect("one is left").unwrap_err();
    /// assert_eq!(unfinished.to_string(), "1 (of 2) futures unfinished");
    /// assert_eq!(unfinished.into_futures().len(), 1);
    /// ```
    pub fn timeout(self, limit: Duration) -> TimedAsCompleted<F> {
        TimedAsCompleted {
            completed: self,
            deadline: deadline::after(Some(limit)),
        }
    }

    /// Takes the next future whose call has ended; `None` if no future is left, or no call
    /// ends before the deadline.
    pub(crate) fn next_until(&mut self, deadline: Option<Instant>) -> Option<F> {
        if let Some(key) = self.completions.try_next() {
            return self.take(key);
        }
        if !deadline::has_passed(deadline) {
            self.run_one_in_place();
        }
        self.find_own();
        if self.ids.len() == self.own.len() {
            return self.take_own();
        }
        let key = self.completions.next(deadline)?;
        self.take(key)
    }

    /// Runs the first call that this worker may run in place; its key is then in the queue.
    fn run_one_in_place(&mut self) {
        while let Some(key) = self.untried.pop_front() {
            let future = self.futures[key].as_ref();
            if future.is_some_and(|future| cell(future).run_in_place()) {
                return;
            }
        }
    }

    /// Finds the calls that this logical thread runs, once for each call that waits here.
    fn find_own(&mut self) {
        let current = current::call();
        if self.own_in == current {
            return;
        }
        let futures = self.futures.iter().enumerate();
        let own = futures.filter(|(_, future)| {
            current.is_some()
                && future
                    .as_ref()
                    .is_some_and(|future| cell(future).is_run_here())
        });
        self.own = own.map(|(key, _)| key).collect();
        self.own_in = current;
    }

    fn note_untried(&mut self, key: usize) {
        // Keys of yielded futures stay in the queue until a worker tries them; a thread
        // that is no worker never does, so they are removed here.
        if self.untried.len() > 2 * self.futures.len() {
            self.untried.retain(|key| self.futures[*key].is_some());
        }
        self.untried.push_back(key);
    }

    fn take(&mut self, key: usize) -> Option<F> {
        let future = self.futures[key].take()?;
        self.ids.remove(&cell(&future).id);
        self.own.retain(|own| *own != key);
        self.free.push(key);
        Some(future)
    }

    /// Takes a future whose call this logical thread runs: only such are left.
    fn take_own(&mut self) -> Option<F> {
        if let Some(key) = self.completions.try_next() {
            return self.take(key);
        }
        let future = self.take(*self.own.last()?)?;
        // Its key may serve another future before its call ends.
        let signal: Arc<dyn Signal> = self.completions.clone();
        cell(&future).unwatch(&signal);
        Some(future)
    }

    /// Takes all futures that were not yielded.
    pub(crate) fn take_rest(&mut self) -> Vec<F> {
        self.forget();
        // Calls may have ended meanwhile; their keys are stale.
        self.completions = Arc::default();
        self.own.clear();
        self.free.clear();
        self.untried.clear();
        self.ids.clear();
        self.futures.drain(..).flatten().collect()
    }

    /// Unregisters from the calls that were not yielded.
    fn forget(&self) {
        let signal: Arc<dyn Signal> = self.completions.clone();
        for future in self.futures.iter().flatten() {
            cell(future).unwatch(&signal);
        }
    }
}

impl<F: Waitable> Iterator for AsCompleted<F> {
    type Item = F;

    fn next(&mut self) -> Option<F> {
        if self.is_over() {
            return None;
        }
        self.next_until(None)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.ids.len(), Some(self.ids.len()))
    }
}

/// `len` is the number of futures that are still to be yielded.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// let pool = ThreadPool::new();
/// let mut futures = as_completed([pool.spawn(|| 1), pool.spawn(|| 2)]);
/// assert_eq!(futures.len(), 2);
/// futures.next();
/// assert_eq!(futures.len(), 1);
/// ```
impl<F: Waitable> ExactSizeIterator for AsCompleted<F> {}

impl<F: Waitable> Drop for AsCompleted<F> {
    fn drop(&mut self) {
        self.forget();
        // Keys are the user's.
        unwind::drop_all("dropping a key", self.futures.drain(..).flatten());
    }
}

impl<F: Waitable> fmt::Debug for AsCompleted<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted")
            .field("left", &self.len())
            .finish_non_exhaustive()
    }
}

/// An iterator like [`AsCompleted`] with a time limit; made by [`AsCompleted::timeout`].
#[derive(Debug)]
#[must_use = "nothing waits for these futures; iterate, or keep the iterator to `add` to it"]
pub struct TimedAsCompleted<F: Waitable> {
    completed: AsCompleted<F>,
    deadline: Option<Instant>,
}

impl<F: Waitable> TimedAsCompleted<F> {
    /// Adds a future; see [`AsCompleted::add`]. The deadline stays.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let pool = ThreadPool::new();
    /// let mut futures = as_completed([pool.spawn(|| 1)]).timeout(Duration::from_secs(60));
    /// futures.add(pool.spawn(|| 2));
    /// let ended: Vec<_> = futures.by_ref().collect::<Result<_, _>>()?;
    /// assert_eq!(ended.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add(&mut self, future: F) {
        self.completed.add(future);
    }
}

impl<F: Waitable> Iterator for TimedAsCompleted<F> {
    type Item = Result<F, Unfinished<F>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.completed.is_over() {
            return None;
        }
        Some(self.completed.next_until(self.deadline).ok_or_else(|| {
            let total = self.completed.added;
            Unfinished::new(self.completed.take_rest(), total)
        }))
    }

    /// The time limit may put one `Err` in the place of several futures.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let most = self.completed.len();
        (most.min(1), Some(most))
    }
}
