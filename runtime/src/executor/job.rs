//! A type-erased call on its way to a worker.

mod asking;

use std::{fmt, marker::PhantomData, ptr::NonNull};

use super::{Anywhere, Here, Reach, RemoteCall};
use crate::{
    cell::{CellRef, WorkerHint, ignore_hint},
    error::TaskError,
    portable::Parts,
    queue::Pointer,
    task::Task,
};

/// A type-erased call that an executor runs, once.
///
/// A job is one pointer: the call itself lies in the cell that it shares with its future.
/// Dropping a job fails the future with [`is_worker_lost`](TaskError::is_worker_lost).
///
/// `R` is its reach: a `Job` stays in this process; a `Job<Anywhere>` can be turned into
/// bytes, with [`encode`](Job::encode).
#[must_use = "a job that is dropped fails its future; call `run`"]
pub struct Job<R: Reach = Here> {
    cell: Option<CellRef>,
    reach: PhantomData<fn() -> R>,
}

impl<R: Reach> Job<R> {
    pub(crate) fn new(cell: CellRef) -> Self {
        let (cell, reach) = (Some(cell), PhantomData);
        Self { cell, reach }
    }

    /// Converts the job into one of reach `Q`.
    ///
    /// A job that began with a shorter reach cannot be encoded: its call then fails.
    pub(super) fn into_reach<Q: Reach>(mut self) -> Job<Q> {
        let (cell, reach) = (self.cell.take(), PhantomData);
        Job { cell, reach }
    }

    /// Runs the call on this thread, unless it was cancelled or ran elsewhere.
    ///
    /// A panic of the task is caught and stored in its future. Done-callbacks run before this
    /// returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, prelude::*};
    ///
    /// struct ThreadEach;
    ///
    /// impl Executor for ThreadEach {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         std::thread::spawn(move || job.run());
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// assert_eq!(cube::submit(&ThreadEach, 3).result()?, 27);
    /// # Ok::<(), TaskError>(())
    /// ```
    pub fn run(self) {
        self.run_for(&mut ignore_hint);
    }

    /// Runs the call; `hint` hears when its worker can take another one.
    #[inline]
    pub(crate) fn run_for(mut self, hint: &mut impl FnMut(WorkerHint)) {
        let Some(cell) = self.cell.take() else { return };
        // Without watchers, one atomic step stores the outcome and drops this reference.
        let mut cell = cell.into_uncounted();
        let left = match cell.claim() {
            Some(claimed) => {
                hint(WorkerHint::Claimed);
                claimed.run().settle_with(true, hint)
            }
            None => false,
        };
        if !left {
            // SAFETY: the reference was not dropped with the outcome, and this happens once.
            unsafe { std::mem::ManuallyDrop::drop(&mut cell) };
        }
    }

    /// Fails the call, unless it was cancelled or ran elsewhere.
    ///
    /// Done-callbacks run before this returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, prelude::*};
    ///
    /// /// An executor that is closed for today.
    /// struct Closed;
    ///
    /// impl Executor for Closed {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         job.fail(TaskError::rejected("closed for today"));
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// assert!(cube::submit(&Closed, 3).result().unwrap_err().is_rejected());
    /// ```
    pub fn fail(self, error: TaskError) {
        self.cell().fail(error);
    }

    /// Cancels the call if it is pending; returns whether it is cancelled, by this or before.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, prelude::*};
    ///
    /// struct Cancelling;
    ///
    /// impl Executor for Cancelling {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         assert!(job.cancel());
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// assert!(cube::submit(&Cancelling, 3).cancelled());
    /// ```
    #[expect(clippy::must_use_candidate, reason = "cancelling is the point")]
    pub fn cancel(self) -> bool {
        self.cell().cancel()
    }

    /// Keeps `guard` until the call starts or is cancelled, then drops it.
    ///
    /// A guard can be the permit of a bound on pending calls.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, prelude::*};
    /// use std::sync::{Arc, Mutex};
    ///
    /// /// Counts its pending calls by the references to one `Arc`.
    /// #[derive(Default)]
    /// struct Counting { queue: Mutex<Vec<Job>>, permits: Arc<()> }
    ///
    /// impl Executor for Counting {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         job.hold_while_pending(Box::new(self.permits.clone()));
    ///         self.queue.lock().unwrap().push(job);
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// let executor = Counting::default();
    /// let future = cube::submit(&executor, 3);
    /// assert_eq!(Arc::strong_count(&executor.permits), 2);
    /// future.cancel();
    /// assert_eq!(Arc::strong_count(&executor.permits), 1);
    /// ```
    pub fn hold_while_pending(&self, guard: Box<dyn Send>) {
        self.cell().add_guard(guard);
    }

    /// Returns the call, if this is the job of `future`'s cell and still pending.
    pub(super) fn into_call<T: Task>(self, future: &CellRef) -> Option<T> {
        if !self.cell().same(future) {
            return None;
        }
        let claimed = self.cell().claim()?;
        // SAFETY: the caller made `future` for a call of this `T`, by one of our own
        // impls of `Reaches`, and the cell is the same.
        let (call, decided) =
            unsafe { claimed.take_call::<T>(TaskError::rejected("executor is full")) };
        decided.settle();
        Some(call)
    }

    fn cell(&self) -> &CellRef {
        self.cell
            .as_ref()
            .expect("taking the cell consumes the job")
    }
}

impl Job<Anywhere> {
    /// Encodes the call into `parts`: one part, or for a chunk of a `map` one for each of its
    /// calls.
    ///
    /// Long strings and vectors of numbers are moved into `parts`, and live until that is
    /// cleared; all other arguments are dropped.
    ///
    /// Returns `None` if there is nothing to send: the call was cancelled, or could not be
    /// encoded, in which case its future fails with [`is_encode`](TaskError::is_encode). Runs
    /// the `Serialize` impls of the arguments; an impl that fails runs twice, the second time
    /// for its error message.
    ///
    /// # Examples
    ///
    /// An executor that runs calls from their bytes, as a worker process would:
    ///
    /// ```
    /// use concurrent_futures::{Anywhere, Executor, Job, prelude::*, remote};
    ///
    /// struct Loopback;
    ///
    /// impl Executor for Loopback {
    ///     type Reach = Anywhere;
    ///
    ///     fn execute(&self, job: Job<Anywhere>) {
    ///         let Some(entry) = job.entry() else {
    ///             return job.fail(TaskError::rejected("not a call of a task"));
    ///         };
    ///         let mut parts = remote::Parts::new();
    ///         if let Some(sent) = job.encode(&mut parts) {
    ///             sent.finish(parts.iter().map(|part| entry.run(&part.to_vec())));
    ///         }
    ///     }
    /// }
    ///
    /// #[task]
    /// fn shout(text: &str) -> String { text.to_uppercase() }
    ///
    /// assert_eq!(shout::submit(&Loopback, "hey").result()?, "HEY");
    /// # Ok::<(), TaskError>(())
    /// ```
    pub fn encode(mut self, parts: &mut Parts) -> Option<RemoteCall> {
        let cell = self.cell.take()?;
        cell.encode(parts)
    }

    /// Converts the job into one that stays in this process.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Anywhere, Executor, Job, prelude::*};
    ///
    /// /// Hands its jobs on to a pool of threads.
    /// struct Forwarding(ThreadPool);
    ///
    /// impl Executor for Forwarding {
    ///     type Reach = Anywhere;
    ///
    ///     fn execute(&self, job: Job<Anywhere>) {
    ///         self.0.execute(job.into_here());
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// assert_eq!(cube::submit(&Forwarding(ThreadPool::new()), 3).result()?, 27);
    /// # Ok::<(), TaskError>(())
    /// ```
    pub fn into_here(self) -> Job<Here> {
        self.into_reach()
    }
}

impl<R: Reach> Job<R> {
    /// Converts the job into one of reach `Anywhere`; see [`into_reach`](Self::into_reach).
    pub(super) fn into_anywhere(self) -> Job<Anywhere> {
        self.into_reach()
    }
}

impl Pointer for Job {
    #[inline]
    fn into_pointer(mut self) -> NonNull<()> {
        let cell = self.cell.take();
        cell.expect("taking the cell consumes the job")
            .into_pointer()
    }

    #[inline]
    unsafe fn from_pointer(pointer: NonNull<()>) -> Self {
        // SAFETY: the caller's promise.
        Self::new(unsafe { CellRef::from_pointer(pointer) })
    }
}

impl<R: Reach> Drop for Job<R> {
    fn drop(&mut self) {
        if let Some(cell) = self.cell.take_if(|cell| cell.state.load().is_pending()) {
            cell.fail(TaskError::worker_lost("executor dropped the call"));
        }
    }
}

impl<R: Reach> fmt::Debug for Job<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Job({} of {})", self.id(), self.name())
    }
}
