//! A call on its way to a worker, its types erased.

use std::fmt;

use crate::{
    error::TaskError,
    future::{
        cell::Hold,
        settle::{Turn, ignore_turn},
    },
    id::CallId,
    task::{Options, Task},
};

/// A call to be run, once.
///
/// Eight bytes wide: the call itself lies with its future. Dropping a job fails
/// the future with [`is_worker_lost`](TaskError::is_worker_lost).
#[must_use = "a job that is dropped fails its future; call `run`"]
pub struct Job(Option<Hold>);

impl Job {
    pub(crate) fn new(hold: Hold) -> Self {
        Self(Some(hold))
    }

    /// Runs the call on this thread, unless it was cancelled or ran elsewhere.
    ///
    /// A panic of the task ends here, in its future. Done-callbacks run before
    /// this returns.
    pub fn run(self) {
        self.run_for(&mut ignore_turn);
    }

    /// Runs the call; `turn` hears when its worker can take another one.
    #[inline]
    pub(crate) fn run_for(mut self, turn: &mut impl FnMut(Turn)) {
        let Some(hold) = self.0.take() else { return };
        // The count goes with the outcome, in one step, if nobody watches.
        let mut hold = hold.into_uncounted();
        let left = match hold.claim() {
            Some(claimed) => claimed.run().settle_with(true, turn),
            None => false,
        };
        if !left {
            // SAFETY: the count was not taken off, and this happens once.
            unsafe { std::mem::ManuallyDrop::drop(&mut hold) };
        }
    }

    /// Fails the call, unless it was cancelled or ran elsewhere.
    ///
    /// Done-callbacks run before this returns.
    pub fn fail(self, error: TaskError) {
        self.hold().fail(error);
    }

    /// Cancels the call if it is pending; true if this did it or another before.
    #[expect(clippy::must_use_candidate, reason = "cancelling is the point")]
    pub fn cancel(self) -> bool {
        self.hold().cancel()
    }

    /// Keeps `guard` while the call is pending: until it starts or is cancelled.
    ///
    /// That is how a bound counts calls that only wait.
    pub fn hold_while_pending(&self, guard: Box<dyn Send>) {
        self.hold().add_guard(guard);
    }

    /// Whether the call still is to be run.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.hold().state.see().is_pending()
    }

    /// The call's own name if it was given one, else its task's.
    #[must_use]
    pub fn name(&self) -> &str {
        self.hold().name()
    }

    /// The call's id.
    #[must_use]
    pub fn id(&self) -> CallId {
        self.hold().id
    }

    /// What the caller asked for this call; `None` if nothing.
    #[must_use]
    pub fn options(&self) -> Option<&Options> {
        let options = self.hold().extras.as_ref().map(|extras| &extras.options);
        options.filter(|options| **options != Options::default())
    }

    /// Gives the call back, if this is the job of `future`'s cell and still pending.
    pub(super) fn into_call<T: Task>(self, future: &Hold) -> Option<T> {
        if !self.hold().same(future) {
            return None;
        }
        let claimed = self.hold().claim()?;
        // SAFETY: the caller made `future` for a call of this `T`, and the cell
        // is the same.
        let (call, decided) =
            unsafe { claimed.take_call::<T>(TaskError::rejected("executor is full")) };
        decided.settle();
        Some(call)
    }

    fn hold(&self) -> &Hold {
        self.0
            .as_ref()
            .expect("only `run_for` takes the hold, and it consumes the job")
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if let Some(hold) = &self.0 {
            hold.fail(TaskError::worker_lost("executor dropped the call"));
        }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Job({} of {})", self.id(), self.name())
    }
}
