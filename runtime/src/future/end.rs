//! The caller's hold on a cell: it knows the outcome's type, and owns the outcome.
//!
//! From Settled on the outcome is the caller's: to take, to lend, or to drop
//! with the end itself. An end that goes before leaves the outcome to the
//! thread that settles.

use std::{marker::PhantomData, mem::ManuallyDrop};

use super::{
    cell::{Cell, CellRef, Outcome},
    extras::Placement,
    vtable::Vtable,
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
    /// A pending call: the caller's end, and the hold of whoever will run it.
    #[inline]
    pub(super) fn pair<C: Task<Output = T>>(call: C, placement: Placement) -> (Self, CellRef) {
        // SAFETY: a task and its output borrow nothing that could go.
        unsafe { Self::of_cell(call, &Cell::<C>::VTABLE, placement) }
    }

    /// A pending call that can go to another process.
    pub(super) fn pair_remote<C: Wire<Output = T>>(
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
    /// As for [`borrowing::pair_borrowing`](super::borrowing::pair_borrowing).
    pub(super) unsafe fn pair_borrowing<C: Call<Output = T>>(
        call: C,
        placement: Placement,
    ) -> (Self, CellRef) {
        // SAFETY: the caller's promise.
        unsafe { Self::of_cell(call, &Cell::<C>::VTABLE, placement) }
    }

    /// The ends of a new cell.
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

    /// Takes the outcome of a call that has settled, and stays.
    pub(crate) fn take_early(&mut self) -> Outcome<T> {
        if !self.has_outcome() {
            return Err(no_outcome(&self.cell));
        }
        self.cell.state.take();
        // SAFETY: the slot held an outcome of a `T`; TAKEN, set by the line
        // above under `&mut self`, keeps everybody from looking at it again.
        unsafe { self.cell.take_outcome() }.map_err(TaskError::given)
    }

    /// Lends the outcome of a call that has settled.
    #[inline]
    pub(crate) fn lend(&self) -> Result<&T, TaskError> {
        self.look().map_err(TaskError::given)
    }

    /// Lends the outcome of a call that has settled, but gives its error to nobody.
    #[inline]
    pub(crate) fn look(&self) -> Result<&T, TaskError> {
        if !self.has_outcome() {
            return Err(no_outcome(&self.cell));
        }
        // SAFETY: the slot holds an outcome of a `T`, which goes only with this
        // end. Other threads reach it only by `&self`, which takes `T: Sync`;
        // the settling thread looks no more.
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

/// Why a call that has settled has no outcome in its slot.
fn no_outcome(cell: &CellRef) -> TaskError {
    let seen = cell.state.load();
    assert!(!seen.is_taken(), "{TAKEN_BEFORE}");
    TaskError::cancelled().of_task(cell.name())
}

impl<T> Drop for CallerEnd<T> {
    #[inline]
    fn drop(&mut self) {
        if self.cell.state.detach() && self.has_outcome() {
            // SAFETY: settled, so the outcome is this end's, which is going.
            unwind::contain("dropping a result", || unsafe { self.cell.drop_outcome() });
        }
    }
}
