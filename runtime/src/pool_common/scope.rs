//! Scopes: closures that borrow, and the end that waits for them.
//!
//! ```text
//!   scope(f):   f(&scope) ---- spawn, spawn, ... ----> end ----> returns
//!                                |                      |
//!                                `-- call + ticket      `-- runs pending calls in
//!                                    to the queue           place, if a worker; waits
//!                                                           until all tickets are back
//! ```
//!
//! What is borrowed lives until `scope` returns, and `scope` returns only when all tickets are
//! back: see `task::ticket` for when they are, and `future::borrowing` for why that is enough.

use std::{
    collections::VecDeque,
    fmt,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
};

use crate::{
    cell::{CellRef, Placement},
    error::TaskError,
    executor::{Executor, Here, Job},
    future::{Future, pair_borrowing},
    sync::Mutex,
    task::{Call, Options, ScopedClosure, ScopedTryClosure, Ticket, Tickets},
    unwind, worker_context,
};

/// An executor whose calls stay in this process.
type LocalExecutor = dyn Executor<Reach = Here>;

/// Runs `f`, and all closures that it spawns on `executor`, to their end; see
/// [`ThreadPool::scope`](crate::ThreadPool::scope).
pub(crate) fn scope<'env, F, T>(executor: &LocalExecutor, f: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let scope = Scope::new(executor);
    let outcome = {
        let _end = WaitOnDrop(&scope.tickets);
        let outcome = catch_unwind(AssertUnwindSafe(|| f(&scope)));
        scope.run_pending();
        outcome
    };
    let unseen = scope.take_unseen_panic();
    match (outcome, unseen) {
        (Err(thrown), unseen) => {
            unseen.into_iter().for_each(unwind::discard);
            resume_unwind(thrown)
        }
        (Ok(_), Some(error)) => error.resume(),
        (Ok(value), None) => value,
    }
}

/// Spawns closures that borrow; made by [`ThreadPool::scope`](crate::ThreadPool::scope).
///
/// The closures may borrow the scope, to spawn more.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{Scope, ThreadPool};
///
/// fn sum<'scope>(scope: &'scope Scope<'scope, '_>, numbers: &'scope [u64]) -> u64 {
///     if numbers.len() < 100 {
///         return numbers.iter().sum();
///     }
///     let (left, right) = numbers.split_at(numbers.len() / 2);
///     let left = scope.spawn(|| sum(scope, left));
///     sum(scope, right) + left.result().expect("sums do not panic")
/// }
///
/// let pool = ThreadPool::new();
/// let numbers: Vec<u64> = (0..1000).collect();
/// assert_eq!(pool.scope(|scope| sum(scope, &numbers)), 499_500);
/// ```
pub struct Scope<'scope, 'env: 'scope> {
    executor: &'scope LocalExecutor,
    tickets: Arc<Tickets>,
    /// `None` if this thread is no worker of the pool, and so runs none of its calls.
    pending: Option<Mutex<Pending>>,
    // Both lifetimes are invariant; else a closure could be spawned that outlives what it borrows.
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

impl<'scope> Scope<'scope, '_> {
    /// Submits a closure that may borrow what outlives the scope.
    ///
    /// Blocks only while the limit on pending calls is reached. The future is like any other; if it
    /// is dropped, the scope waits for the closure all the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// let pool = ThreadPool::new();
    /// let texts = ["a", "bcd", "ef"];
    /// let longest = pool.scope(|scope| {
    ///     let lengths = texts.each_ref().map(|text| scope.spawn(|| text.len()));
    ///     as_completed(lengths).filter_map(|length| length.result().ok()).max()
    /// });
    /// assert_eq!(longest, Some(3));
    /// ```
    pub fn spawn<F, T>(&'scope self, closure: F) -> Future<T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.submit(|ticket| ScopedClosure::new(closure, ticket))
    }

    /// Submits a closure that may borrow, and whose `Err` counts as a failure.
    ///
    /// Otherwise as [`spawn`](Self::spawn); see
    /// [`ThreadPool::try_spawn`](crate::ThreadPool::try_spawn).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let text = String::from("12");
    /// let number = pool.scope(|scope| scope.try_spawn(|| text.parse::<u8>()).try_result())?;
    /// assert_eq!(number, 12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_spawn<F, T, E>(&'scope self, closure: F) -> Future<Result<T, E>>
    where
        F: FnOnce() -> Result<T, E> + Send + 'scope,
        T: Send + 'scope,
        E: Send + 'scope,
    {
        self.submit(|ticket| ScopedTryClosure::new(closure, ticket))
    }

    fn submit<C>(&'scope self, call: impl FnOnce(Ticket) -> C) -> Future<C::Output>
    where
        C: Call + 'scope,
    {
        let call = call(self.tickets.issue());
        let placement = Placement {
            executor: self.executor.id(),
            options: Options::new(),
            records_times: self.executor.tuning().records_times,
        };
        // SAFETY: the call holds a ticket of this scope. What it borrows outlives 'scope, which
        // lasts until all tickets are back: see `scope`.
        let (future, cell) = unsafe { pair_borrowing(call, placement) };
        self.executor.execute(Job::new(cell));
        self.note_pending(future.cell());
        future
    }
}

/// The calls of a scope that its end may run.
struct Pending {
    calls: VecDeque<CellRef>,
    /// At this number of calls, those that are not pending any more are removed.
    sweep_at: usize,
    /// Whether the scope's thread is at the end, and may sleep there.
    is_ending: bool,
}

/// A number of calls whose check costs next to nothing.
const FEW: usize = 64;

impl Pending {
    fn new() -> Self {
        Self {
            calls: VecDeque::new(),
            sweep_at: FEW,
            is_ending: false,
        }
    }

    /// Adds a call. Removes those that are not pending each time their number has doubled.
    fn add(&mut self, call: CellRef) {
        if self.calls.len() >= self.sweep_at {
            self.calls.retain(|call| call.state.load().is_pending());
            self.sweep_at = FEW.max(2 * self.calls.len());
        }
        self.calls.push_back(call);
    }
}

impl<'scope> Scope<'scope, '_> {
    fn new(executor: &'scope LocalExecutor) -> Self {
        Self {
            executor,
            tickets: Tickets::new(),
            pending: worker_context::serves(executor.id()).then(|| Mutex::new(Pending::new())),
            scope: PhantomData,
            env: PhantomData,
        }
    }

    fn note_pending(&self, call: &CellRef) {
        let Some(pending) = &self.pending else { return };
        if !call.state.load().is_pending() {
            return;
        }
        let is_ending = {
            let mut pending = pending.lock();
            pending.add(call.clone());
            pending.is_ending
        };
        if is_ending {
            self.tickets.wake_owner();
        }
    }

    /// Runs pending calls until all tickets are back; does nothing if this thread is no worker of
    /// the pool.
    fn run_pending(&self) {
        let Some(pending) = &self.pending else { return };
        while !self.tickets.are_back() {
            match next_call(pending) {
                Some(call) => {
                    let _ = call.run_in_place();
                }
                // Wakes when a call was added, and when all tickets are back.
                None => self.tickets.sleep(),
            }
        }
    }

    /// The first panic whose error no method of its future has given out.
    fn take_unseen_panic(&self) -> Option<TaskError> {
        let mut panics = self.tickets.take_panics().into_iter();
        let unseen = panics.by_ref().find_map(keep_unseen);
        panics.for_each(unwind::discard);
        unseen
    }
}

fn next_call(pending: &Mutex<Pending>) -> Option<CellRef> {
    let mut pending = pending.lock();
    pending.is_ending = true;
    pending.calls.pop_front()
}

fn keep_unseen(error: TaskError) -> Option<TaskError> {
    if error.is_given() {
        unwind::discard(error);
        return None;
    }
    Some(error)
}

/// Waits, when dropped, until all tickets are back, so that what is borrowed ends after that.
struct WaitOnDrop<'a>(&'a Tickets);

impl Drop for WaitOnDrop<'_> {
    fn drop(&mut self) {
        self.0.await_all();
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("executor", &self.executor.id())
            .finish_non_exhaustive()
    }
}
