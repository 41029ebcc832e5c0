//! The one allocation of a call, and counted references to it.
//!
//! ```text
//!   Future --CellRef--> +--------+--------------+ <--CellRef-- Job / Promise
//!                       | Header | call|outcome |
//!   Canceller-CellRef-> +--------+--------------+
//! ```
//!
//! The call and its outcome take turns in one slot. The reference count lies in the state word; the
//! owner of the last [`CellRef`] frees the cell. A `CellRef` knows nothing of the task: operations
//! that need its types go through the [`Vtable`], which is made where the types are known.
//!
//! Every function that touches the slot is unsafe and says which move of the state makes it sound;
//! the moves themselves are in `state`.

use std::{cell::UnsafeCell, mem::ManuallyDrop, ops::Deref, ptr::NonNull, sync::Arc};

use super::{
    extras::{Extras, Placement},
    header::{CellHeader, Outcome, Ran, Vtable},
    remote_cancel::{AttachedCancel, RemoteCancel},
    state::StateWord,
};
use crate::{
    error::TaskError,
    id::CallId,
    slab,
    sync::{AtomicU32, Tracker},
    task::Call,
    unwind,
};

// The header comes first, so that a pointer to a cell is one to its header.
#[repr(C)]
pub(super) struct Cell<T: Call> {
    header: CellHeader,
    pub(super) slot: UnsafeCell<Slot<T>>,
}

// Holds the call, its remote cancel while it is lifted, or its outcome; `state` says which.
// `repr(C)`, so that each of them begins where the slot does.
#[repr(C)]
pub(super) union Slot<T: Call> {
    call: ManuallyDrop<T>,
    _remote_cancel: AttachedCancel,
    outcome: ManuallyDrop<Outcome<T::Output>>,
}

/// A counted reference to a cell, without its types.
pub(crate) struct CellRef(pub(super) NonNull<CellHeader>);

// SAFETY: a `CellRef` lets a thread read the header, whose fields are Sync, and change the state.
// Calls and outputs are `Send`, so any thread that the state gives the slot to may touch it.
// `Future` hands out `&T`, and is `Sync` only if `T` is.
unsafe impl Send for CellRef {}
// SAFETY: as above; all that `&CellRef` allows is guarded by the state.
unsafe impl Sync for CellRef {}

impl Deref for CellRef {
    type Target = CellHeader;

    #[inline]
    fn deref(&self) -> &CellHeader {
        // SAFETY: this reference is counted, so the cell lives; a shared reference
        // to the header lies beside the slot, never over it.
        unsafe { self.0.as_ref() }
    }
}

impl Clone for CellRef {
    fn clone(&self) -> Self {
        self.state.join();
        Self(self.0)
    }
}

impl Drop for CellRef {
    #[inline]
    fn drop(&mut self) {
        if self.state.leave() {
            // SAFETY: `leave` said that this was the last reference.
            unsafe { (self.vtable.free)(self.0) };
        }
    }
}

impl CellRef {
    /// A new cell with a pending call, and the two references to it.
    ///
    /// # Safety
    ///
    /// The vtable is one of a `Cell<T>`. And as for
    /// [`pair_borrowing`](crate::future::pair_borrowing), if the call may borrow.
    #[inline]
    pub(super) unsafe fn pair<T: Call>(
        call: T,
        vtable: &'static Vtable,
        placement: Placement,
    ) -> (Self, Self) {
        let Placement {
            executor,
            options,
            records_times,
        } = placement;
        let cell = slab::leak(Cell {
            header: CellHeader {
                state: StateWord::new(2),
                runner: AtomicU32::new(0),
                vtable,
                executor,
                id: CallId::next(),
                extras: Extras::of(options, records_times),
                tracker: Tracker::default(),
            },
            slot: UnsafeCell::new(Slot {
                call: ManuallyDrop::new(call),
            }),
        });
        let cell = cell.cast();
        (Self(cell), Self(cell))
    }

    /// Whether both refer to one cell.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Turns the reference into a pointer, which keeps its count.
    #[inline]
    pub(crate) fn into_pointer(self) -> NonNull<()> {
        ManuallyDrop::new(self).0.cast()
    }

    /// Turns a pointer back into the reference.
    ///
    /// # Safety
    ///
    /// The pointer is from `into_pointer`, and turned back once.
    #[inline]
    pub(crate) unsafe fn from_pointer(pointer: NonNull<()>) -> Self {
        Self(pointer.cast())
    }

    /// Gives up this reference without giving up its count.
    ///
    /// [`StateWord::settle_at_once`] takes the count off in the same step.
    pub(crate) fn into_uncounted(self) -> ManuallyDrop<Self> {
        ManuallyDrop::new(self)
    }

    /// Runs the call, leaving its outcome in the slot.
    ///
    /// # Safety
    ///
    /// This thread claimed the call, and the slot still holds it.
    #[inline]
    pub(crate) unsafe fn run(&self) -> Ran {
        self.tracker.write();
        // SAFETY: the caller's promise.
        unsafe { (self.vtable.run)(self.0) }
    }

    /// Drops the call in the slot, leaving it empty.
    ///
    /// # Safety
    ///
    /// This thread claimed or cancelled the call, and the slot still holds it.
    pub(crate) unsafe fn drop_call(&self) {
        self.tracker.write();
        // SAFETY: the caller's promise.
        unwind::contain("dropping the arguments of a call", || unsafe {
            (self.vtable.drop_call)(self.0);
        });
    }

    /// Moves the call out of the slot into a box, leaving the slot empty.
    ///
    /// # Safety
    ///
    /// This thread refused the call, and the slot still holds it.
    pub(crate) unsafe fn box_call(&self) -> Box<dyn Send> {
        self.tracker.write();
        // SAFETY: the caller's promise.
        unsafe { (self.vtable.box_call)(self.0) }
    }

    /// Moves the call out of the slot, leaving it empty.
    ///
    /// # Safety
    ///
    /// This thread claimed the call, the slot still holds it, and it is a `T`.
    pub(crate) unsafe fn take_call<T: Call>(&self) -> T {
        self.tracker.write();
        // SAFETY: the caller's promise.
        unsafe { Cell::<T>::take_call(self.0) }
    }

    /// Puts an error into the empty slot.
    ///
    /// # Safety
    ///
    /// This thread claimed or refused the call and has emptied the slot.
    pub(crate) unsafe fn put_error(&self, error: TaskError) {
        self.tracker.write();
        // SAFETY: the caller's promise.
        unsafe { (self.vtable.put_error)(self.0, error) };
    }

    /// Drops the outcome, leaving the slot empty.
    ///
    /// # Safety
    ///
    /// The slot holds an outcome and belongs to this thread, and no thread reads it after.
    pub(crate) unsafe fn drop_outcome(&self) {
        self.tracker.write();
        // SAFETY: the caller's promise.
        unsafe { (self.vtable.drop_outcome)(self.0) };
    }

    /// Puts an outcome into the empty slot.
    ///
    /// # Safety
    ///
    /// This thread claimed the call, has emptied the slot, and the task's
    /// output is a `T`.
    pub(crate) unsafe fn put_outcome<T>(&self, outcome: Outcome<T>) {
        self.tracker.write();
        // SAFETY: the caller's promise; the pointer is the slot's.
        unsafe { self.slot::<Outcome<T>>().write(outcome) };
    }

    /// Moves the outcome out of the slot.
    ///
    /// # Safety
    ///
    /// The slot holds an outcome of a `T`, belongs to the caller, and is not read after.
    #[inline]
    pub(crate) unsafe fn take_outcome<T>(&self) -> Outcome<T> {
        self.tracker.write();
        // SAFETY: the caller's promise.
        unsafe { self.slot::<Outcome<T>>().read() }
    }

    /// Lends the outcome.
    ///
    /// # Safety
    ///
    /// The slot holds an outcome of a `T` while the reference lives, and other threads read it
    /// meanwhile only if `T: Sync`.
    pub(crate) unsafe fn lend_outcome<T>(&self) -> &Outcome<T> {
        self.tracker.read();
        // SAFETY: the caller's promise.
        unsafe { self.slot::<Outcome<T>>().as_ref() }
    }

    /// Attaches a remote cancel, from the executor that has the bytes; false if the call was
    /// cancelled before.
    ///
    /// # Safety
    ///
    /// The caller lifted the call, and neither attached a remote cancel nor put anything into the
    /// slot before.
    #[cfg(all(unix, feature = "processes"))]
    #[must_use]
    pub(super) unsafe fn attach(&self, remote_cancel: Arc<dyn RemoteCancel>) -> bool {
        self.tracker.write();
        let place = self.attached();
        // SAFETY: the slot is empty, and the caller's; it has room for a remote cancel.
        unsafe { place.write(ManuallyDrop::new(remote_cancel)) };
        let is_attached = self.state.attach();
        if !is_attached {
            // SAFETY: written above; without the flag no other thread reads it, and a cancel of a
            // lifted call does not touch the slot.
            drop(ManuallyDrop::into_inner(unsafe { place.read() }));
        }
        is_attached
    }

    /// Takes the remote cancel out of the slot, if there is one.
    ///
    /// # Safety
    ///
    /// The slot is the caller's.
    pub(super) unsafe fn detach_remote(&self) {
        if !self.state.load().is_attached() {
            return;
        }
        let watchers = self.extras.watchers().lock();
        if !self.state.detach_remote() {
            return;
        }
        self.tracker.write();
        // SAFETY: the flag said that the slot holds a remote cancel; it is cleared, under the lock,
        // so no other thread reads it again.
        let remote_cancel = unsafe { self.attached().read() };
        drop(watchers);
        drop(ManuallyDrop::into_inner(remote_cancel));
    }

    /// The remote cancel in the slot, if there is one.
    pub(super) fn remote_cancel(&self) -> Option<Arc<dyn RemoteCancel>> {
        let _watchers = self.extras.watchers().lock();
        if !self.state.load().is_attached() {
            return None;
        }
        self.tracker.read();
        // SAFETY: the flag says that the slot holds a remote cancel, and the lock keeps it there.
        let remote_cancel = unsafe { self.attached().as_ref() };
        Some(Arc::clone(remote_cancel))
    }

    fn attached(&self) -> NonNull<AttachedCancel> {
        self.slot()
    }

    /// A pointer to the slot, for a `T` that is there or is to be put there.
    #[inline]
    pub(super) fn slot<T>(&self) -> NonNull<T> {
        let offset = self.vtable.slot;
        // SAFETY: the offset is that of the slot, inside the cell's allocation,
        // which the pointer was made from.
        unsafe { self.0.byte_add(offset) }.cast()
    }
}

/// A slot has room for a remote cancel, whatever its call.
const _: () = assert!(align_of::<AttachedCancel>() <= align_of::<CellHeader>());
