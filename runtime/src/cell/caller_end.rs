//! The caller's end of a cell: it knows the type of the outcome, and owns the outcome.
//!
//! From Settled on the caller may take the outcome, lend it, or drop it with the end itself. If the
//! end is dropped before, the thread that settles drops the outcome.

use std::{marker::PhantomData, mem::ManuallyDrop};

use super::{
    cell_ref::{Cell, CellRef},
    extras::Placement,
    header::{Outcome, Vtable},
};
use crate::{
    error::TaskError,
    task::{Call, Task, Wire},
    unwind,
};

const TAKEN_BEFORE: &str = "the value was taken before, by awaiting `&mut future`";

/// The caller's end of a call whose output is a `T`.
///
/// It is `Sync` only if `T` is, since it lends `&T`.
pub(crate) struct CallerEnd<T> {
    cell: CellRef,
    output: PhantomData<T>,
}

impl<T> Unpin for CallerEnd<T> {}

impl<T> CallerEnd<T> {
    /// A pending call: the caller's end, and the reference for its job.
    #[inline]
    pub(crate) fn pair<C: Task<Output = T>>(call: C, placement: Placement) -> (Self, CellRef) {
        // SAFETY: a task and its output are `'static`: they borrow nothing that could be freed.
        unsafe { Self::of_cell(call, &Cell::<C>::VTABLE, placement) }
    }

    /// A pending call that can go to another process.
    pub(crate) fn pair_remote<C: Wire<Output = T>>(
        call: C,
        placement: Placement,
    ) -> (Self, CellRef) {
        // SAFETY: as in `pair`.
        unsafe { Self::of_cell(call, &Cell::<C>::REMOTE_VTABLE, placement) }
    }

    /// A pending call that may borrow.
    ///
    /// # Safety
    ///
    /// As for [`pair_borrowing`](crate::future::pair_borrowing).
    pub(crate) unsafe fn pair_borrowing<C: Call<Output = T>>(
        call: C,
        placement: Placement,
    ) -> (Self, CellRef) {
        // SAFETY: the caller's promise.
        unsafe { Self::of_cell(call, &Cell::<C>::VTABLE, placement) }
    }

    /// Both ends of a new cell.
    ///
    /// # Safety
    ///
    /// As for [`CellRef::pair`].
    #[inline]
    unsafe fn of_cell<C: Call<Output = T>>(
        call: C,
        vtable: &'static Vtable,
        placement: Placement,
    ) -> (Self, CellRef) {
        // SAFETY: the caller's promise.
        let (cell, job) = unsafe { CellRef::pair(call, vtable, placement) };
        let output = PhantomData;
        (Self { cell, output }, job)
    }

    pub(crate) fn cell(&self) -> &CellRef {
        &self.cell
    }

    /// Takes the outcome of a call that has settled.
    #[inline]
    pub(crate) fn take(self) -> Outcome<T> {
        if !self.has_outcome() {
            return Err(no_outcome(&self.cell));
        }
        let this = ManuallyDrop::new(self);
        // SAFETY: the slot holds an outcome, of the `T` that `pair` made this
        // end for; `this` does not look at it again.
        let outcome = unsafe { this.cell.take_outcome() };
        // SAFETY: `this` is not used after this line, and never dropped.
        drop(unsafe { std::ptr::read(&raw const this.cell) });
        outcome.map_err(TaskError::given)
    }

    /// Takes the outcome of a call that has settled; the end stays.
    pub(crate) fn take_early(&mut self) -> Outcome<T> {
        if !self.has_outcome() {
            return Err(no_outcome(&self.cell));
        }
        self.cell.state.take();
        // SAFETY: the slot held an outcome of a `T`; TAKEN, set by the line above under
        // `&mut self`, keeps later readers from the slot.
        unsafe { self.cell.take_outcome() }.map_err(TaskError::given)
    }

    /// Lends the outcome of a call that has settled.
    #[inline]
    pub(crate) fn lend(&self) -> Result<&T, TaskError> {
        self.look().map_err(TaskError::given)
    }

    /// As [`lend`](Self::lend), but leaves the error unmarked: it is not yet given to the user.
    #[inline]
    pub(crate) fn look(&self) -> Result<&T, TaskError> {
        if !self.has_outcome() {
            return Err(no_outcome(&self.cell));
        }
        // SAFETY: the slot holds an outcome of a `T`, which is freed only with this end. Other
        // threads reach it only by `&self`, which takes `T: Sync`; the settling thread has finished
        // with the slot.
        let outcome = unsafe { self.cell.lend_outcome() };
        outcome.as_ref().map_err(Clone::clone)
    }

    /// Adds a done-callback that is lent the outcome.
    pub(crate) fn add_callback<F>(&self, callback: F)
    where
        F: FnOnce(Result<&T, TaskError>) + Send + 'static,
        T: 'static,
    {
        assert!(!self.cell.state.load().is_taken(), "{TAKEN_BEFORE}");
        self.cell.add_callback(Box::new(move |cell| {
            if !cell.state.load().has_outcome() {
                return callback(Err(no_outcome(cell)));
            }
            // SAFETY: callbacks run between Done and Settled on the thread that
            // owns the slot, or after Settled on one that holds `&self`; both
            // times the outcome, a `T`'s as `pair` made it, stays meanwhile.
            let outcome = unsafe { cell.lend_outcome::<T>() };
            callback(outcome.as_ref().map_err(|error| error.clone().given()));
        }));
    }

    fn has_outcome(&self) -> bool {
        let seen = self.cell.state.load();
        debug_assert!(seen.is_settled());
        seen.has_outcome()
    }
}

/// The error that says why a settled call has no outcome in its slot.
fn no_outcome(cell: &CellRef) -> TaskError {
    let seen = cell.state.load();
    assert!(!seen.is_taken(), "{TAKEN_BEFORE}");
    TaskError::cancelled().of_task(cell.name())
}

impl<T> Drop for CallerEnd<T> {
    #[inline]
    fn drop(&mut self) {
        if self.cell.state.detach() && self.has_outcome() {
            // SAFETY: settled, so the outcome belongs to this end, which is being dropped.
            unwind::contain("dropping a result", || unsafe { self.cell.drop_outcome() });
        }
    }
}
