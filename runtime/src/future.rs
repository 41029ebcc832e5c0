//! One result, watched from both ends.
//!
//! The caller holds a [`Future`], the worker the other end: the job of an
//! executor, or a [`Promise`]. Both point at one cell, whose state moves one way
//! (see `state`), and which holds the call and then its outcome:
//!
//! ```text
//!   Future    Canceller            Job | Promise
//!      \          \                 /
//!       `----------`---> cell <----'
//!                  state, watchers, call | outcome
//! ```
//!
//! `state` is the moves, `cell` the memory, `settle` the way from a claim to an
//! outcome that everybody knows, `watchers` who is told. Nothing here starts a
//! thread for itself or knows how a call reaches its worker.

#[expect(
    unsafe_code,
    reason = "one allocation a call, its slot lent by the state word"
)]
pub(crate) mod cell;
#[expect(unsafe_code, reason = "reads the state of the call this thread runs")]
pub(crate) mod current;
#[expect(unsafe_code, reason = "empties and fills slots as the state allows")]
pub(crate) mod settle;

mod asking;
mod awaiting;
#[expect(unsafe_code, reason = "lets calls borrow, on the word of their scope")]
mod borrowing;
mod canceller;
mod debug;
#[expect(unsafe_code, reason = "moves calls out as bytes, and their answers in")]
pub(crate) mod encoded;
#[expect(
    unsafe_code,
    reason = "takes and lends the outcome once the state allows"
)]
mod end;
mod extras;
#[expect(unsafe_code, reason = "shares a box that is made late")]
mod lazy_box;
#[cfg(all(loom, test))]
mod loom_encoded;
#[cfg(all(loom, test))]
#[expect(unsafe_code, reason = "plays the worker")]
mod loom_models;
#[cfg(all(loom, test))]
#[expect(unsafe_code, reason = "plays a scope, whose calls borrow")]
mod loom_scopes;
mod not_done;
#[expect(unsafe_code, reason = "fills the slot of a call it claimed")]
mod promise;
#[expect(
    unsafe_code,
    reason = "keeps the remote_cancel in the slot of a call that is encoded"
)]
pub(crate) mod remote_cancel;
mod shared;
pub(crate) mod stale_entries;
pub(crate) mod state;
#[expect(unsafe_code, reason = "knows the types that lie in a slot")]
mod vtable;
pub(crate) mod waiting;
pub(crate) mod watchers;
#[expect(unsafe_code, reason = "drops an outcome that nobody wants")]
mod wind_up;

use std::time::Duration;

use crate::{
    error::{Failure, TaskError},
    task::{Task, Wire},
};
use cell::CellRef;
use end::CallerEnd;

pub(crate) use borrowing::pair_borrowing;

pub use awaiting::{AwaitRef, AwaitShared};
pub use canceller::Canceller;
pub use current::should_stop;
pub use extras::{Placement, Times};
pub use not_done::{NotDone, TimedOut};
pub use promise::Promise;
pub use shared::SharedFuture;

/// The caller's end of a call: its result, once there is one.
///
/// Dropping a future leaves its call running; [`cancel`](Future::cancel) ends
/// one that has not started. Awaiting it gives what [`result`](Future::result)
/// gives, in any async runtime.
///
/// A worker that waits for a call of its own executor which nobody has started
/// runs that call itself, so nested waits do not deadlock. Two tasks that wait
/// for one another in a circle do, and so does `.await` under a `block_on` in a
/// task.
///
/// # Examples
///
/// ```
/// use concurrent_futures::ThreadPool;
///
/// let pool = ThreadPool::new();
/// let future = pool.spawn(|| 6 * 7);
/// assert_eq!(future.result()?, 42);
/// # Ok::<(), concurrent_futures::TaskError>(())
/// ```
#[must_use = "a future that is dropped leaves its call running, and its errors unseen; call `result`, or `detach` to say so"]
pub struct Future<T> {
    end: CallerEnd<T>,
}

/// Makes a pending call: the future's end, and the hold of whoever will run it.
#[inline]
pub(crate) fn pair<T: Task>(call: T, placement: Placement) -> (Future<T::Output>, CellRef) {
    let (end, job) = CallerEnd::pair(call, placement);
    (Future { end }, job)
}

/// Makes a pending call that can go to another process.
pub(crate) fn pair_remote<T: Wire>(call: T, placement: Placement) -> (Future<T::Output>, CellRef) {
    let (end, job) = CallerEnd::pair_remote(call, placement);
    (Future { end }, job)
}

impl<T> Future<T> {
    /// Waits for the result, and takes it.
    ///
    /// Blocks this thread until the call has ended and its done-callbacks have run.
    ///
    /// # Errors
    ///
    /// The [`TaskError`] that says why there is no value: the call was
    /// cancelled, the task panicked, the executor could not run it, or this very
    /// thread runs the call, so that waiting would never end.
    ///
    /// # Panics
    ///
    /// If the value was taken before by awaiting `&mut future`.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.spawn(|| "done".to_owned());
    /// assert_eq!(future.result()?, "done");
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn result(self) -> Result<T, TaskError> {
        self.cell()
            .wait_settled(None)
            .map_err(waiting::Unsettled::into_error)?;
        self.end.take()
    }

    /// Waits for the result at most for `limit`, and takes it.
    ///
    /// If the time runs out the future comes back inside of [`NotDone`], and
    /// the call goes on. A limit of zero only looks. The limit bounds the
    /// waiting: a call that a worker runs in place of waiting runs to its end.
    ///
    /// # Errors
    ///
    /// [`NotDone`] if the time ran out; inside, as for [`result`](Self::result).
    ///
    /// # Panics
    ///
    /// As for [`result`](Self::result).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    /// use std::{sync::mpsc::channel, time::Duration};
    ///
    /// let pool = ThreadPool::new();
    /// let (go, wait_for_go) = channel();
    /// let future = pool.spawn(move || wait_for_go.recv().is_ok());
    /// let future = match future.result_timeout(Duration::from_millis(1)) {
    ///     Ok(result) => panic!("too early: {result:?}"),
    ///     Err(not_done) => not_done.into_future(),
    /// };
    /// go.send(())?;
    /// assert!(future.result()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn result_timeout(self, limit: Duration) -> Result<Result<T, TaskError>, NotDone<T>> {
        match self.cell().wait_settled(Some(limit)) {
            Ok(()) => Ok(self.end.take()),
            Err(waiting::Unsettled::TimedOut) => Err(NotDone::new(self, limit)),
            Err(waiting::Unsettled::WouldDeadlock) => Ok(Err(TaskError::would_deadlock())),
        }
    }

    /// Waits for the result, and lends it.
    ///
    /// Blocks like [`result`](Self::result).
    ///
    /// # Errors
    ///
    /// As for [`result`](Self::result).
    ///
    /// # Panics
    ///
    /// As for [`result`](Self::result).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.spawn(|| vec![1, 2, 3]);
    /// assert_eq!(future.get()?.len(), 3);
    /// assert_eq!(future.get()?.first(), Some(&1));
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn get(&self) -> Result<&T, TaskError> {
        self.cell()
            .wait_settled(None)
            .map_err(waiting::Unsettled::into_error)?;
        self.end.lend()
    }

    /// Waits for the result at most for `limit`, and lends it.
    ///
    /// A limit of zero only looks.
    ///
    /// # Errors
    ///
    /// [`TimedOut`] if the time ran out; inside, as for [`result`](Self::result).
    ///
    /// # Panics
    ///
    /// As for [`result`](Self::result).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    /// use std::time::Duration;
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.spawn(|| 5);
    /// assert_eq!(future.get_timeout(Duration::from_secs(60))??, &5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get_timeout(&self, limit: Duration) -> Result<Result<&T, TaskError>, TimedOut> {
        match self.cell().wait_settled(Some(limit)) {
            Ok(()) => Ok(self.end.lend()),
            Err(waiting::Unsettled::TimedOut) => Err(TimedOut::new(limit)),
            Err(waiting::Unsettled::WouldDeadlock) => Ok(Err(TaskError::would_deadlock())),
        }
    }

    /// Lends the result if there is one. Never blocks.
    ///
    /// # Panics
    ///
    /// As for [`result`](Self::result).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Inline, prelude::*};
    ///
    /// #[task]
    /// fn half(n: u32) -> u32 { n / 2 }
    ///
    /// let future = half::submit(&Inline, 8);
    /// assert!(matches!(future.peek(), Some(Ok(4))));
    /// ```
    #[must_use]
    pub fn peek(&self) -> Option<Result<&T, TaskError>> {
        self.cell()
            .state
            .load()
            .is_settled()
            .then(|| self.end.lend())
    }

    /// Waits for the end of the call, and says why there is no value, if so.
    ///
    /// An `Err` that the task returned is a value. Blocks like
    /// [`result`](Self::result).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// assert!(pool.spawn(|| 1).exception().is_none());
    /// let error = pool.spawn(|| -> u8 { panic!("no") }).exception();
    /// assert!(error.is_some_and(|error| error.is_panicked()));
    /// ```
    #[must_use]
    pub fn exception(&self) -> Option<TaskError> {
        self.get().err()
    }

    /// Makes this a future that can be cloned, for several readers.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let one = pool.spawn(|| 9).shared();
    /// let two = one.clone();
    /// assert_eq!((one.result()?, two.get()?), (9, &9));
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn shared(self) -> SharedFuture<T> {
        SharedFuture::new(self)
    }

    /// Leaves the call to itself: it runs, and nobody hears of its outcome.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// pool.spawn(|| println!("sooner or later")).detach();
    /// ```
    pub fn detach(self) {}

    pub(crate) fn cell(&self) -> &CellRef {
        self.end.cell()
    }
}

impl<T, E> Future<Result<T, E>> {
    /// Waits for the result of a task that returns a [`Result`], and takes it.
    ///
    /// Blocks like [`result`](Self::result).
    ///
    /// # Errors
    ///
    /// [`Failure::Returned`] with the `Err` that the task returned, or
    /// [`Failure::Task`] if it returned nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Failure, ThreadPool};
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.try_spawn(|| "12".parse::<u8>());
    /// assert_eq!(future.try_result()?, 12);
    /// let future = pool.try_spawn(|| "1x".parse::<u8>());
    /// assert!(matches!(future.try_result(), Err(Failure::Returned(_))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_result(self) -> Result<T, Failure<E>> {
        self.result()?.map_err(Failure::Returned)
    }
}
