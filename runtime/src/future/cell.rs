//! The one allocation of a call, and holds on it.
//!
//! ```text
//!   Future --hold--> +--------+--------------+ <--hold-- Job / Promise
//!                    | Header | call|outcome |
//!   Canceller -hold->+--------+--------------+
//! ```
//!
//! The call and its outcome take turns in one slot. Holds are counted in the
//! state word; whoever lets go of the last one frees the cell. A [`CellRef`] knows
//! nothing of the task: what needs its types goes through the [`Vtable`], which
//! is made where the types are known.
//!
//! Every function that touches the slot is unsafe and says which move of the
//! state makes it sound; the moves themselves are in `state`.

use std::{cell::UnsafeCell, mem::ManuallyDrop, ops::Deref, ptr::NonNull};

use super::{
    extras::{Extras, Placement},
    remote_cancel::AttachedCancel,
    settle::Ran,
    state::StateWord,
    vtable::Vtable,
};
use crate::{
    error::TaskError,
    id::{CallId, ExecutorId, LogicalThreadId},
    slab,
    sync::{AtomicU32, Ordering, Tracker},
    task::{Call, Options},
    unwind,
};

/// What is known of a call without its types.
pub(crate) struct CellHeader {
    pub(crate) state: StateWord,
    /// The strand that last claimed, ran or settled the call; zero if none is known.
    ///
    /// Means something only before Settled. A strand writes its own number, or
    /// zero, and reads the word to see itself; to all others it is some number
    /// that is not theirs.
    runner: AtomicU32,
    pub(super) vtable: &'static Vtable,
    /// The executor whose workers may run this call in place.
    pub(crate) executor: Option<ExecutorId>,
    pub(crate) id: CallId,
    pub(crate) extras: Extras,
    pub(super) tracker: Tracker,
}

// The header comes first, so that a pointer to a cell is one to its header.
#[repr(C)]
pub(super) struct Cell<T: Call> {
    header: CellHeader,
    pub(super) slot: UnsafeCell<Slot<T>>,
}

// Room for the call, its remote cancel while it is away, and its outcome; which of them is there, `state` tells.
// Laid out as in C, so that each begins where the slot does.
#[repr(C)]
pub(super) union Slot<T: Call> {
    call: ManuallyDrop<T>,
    _tether: AttachedCancel,
    outcome: ManuallyDrop<Outcome<T::Output>>,
}

/// How a call ended, but for being cancelled.
pub(crate) type Outcome<T> = Result<T, TaskError>;

/// One owner's hold on a cell.
pub(crate) struct CellRef(pub(super) NonNull<CellHeader>);

// SAFETY: a hold lets a thread read the header, whose fields are Sync, and
// change the state. Calls and outputs are `Send`, so the slot may be touched
// on whichever thread the state gives it to. Handing out `&T` to more than
// one thread is the future's business, and asks `T: Sync` there.
unsafe impl Send for CellRef {}
// SAFETY: as above; all that `&CellRef` allows is guarded by the state.
unsafe impl Sync for CellRef {}

impl CellHeader {
    /// The call's own name, or its task's.
    pub(crate) fn name(&self) -> &str {
        let own = self.extras.options().and_then(Options::get_name);
        own.unwrap_or_else(|| self.task_name())
    }

    /// The task's name; a hand-written one may panic, and must strand nobody.
    fn task_name(&self) -> &'static str {
        unwind::catch(self.vtable.name).unwrap_or_else(|error| {
            unwind::discard(error);
            "a task whose name panics"
        })
    }

    /// This logical thread runs the call or its callbacks from here on.
    pub(crate) fn mark_runner(&self, thread: LogicalThreadId) {
        // ORDERING: only the strand itself acts on its own number.
        self.runner.store(thread.get(), Ordering::Relaxed);
    }

    /// Whoever claimed the call may not be the one that runs it.
    pub(crate) fn unmark_runner(&self) {
        // ORDERING: as in `mark_runner`.
        self.runner.store(0, Ordering::Relaxed);
    }

    /// Whether `strand` was the last to be marked.
    pub(crate) fn is_run_by(&self, thread: LogicalThreadId) -> bool {
        // ORDERING: as in `mark_runner`.
        self.runner.load(Ordering::Relaxed) == thread.get()
    }
}

impl Deref for CellRef {
    type Target = CellHeader;

    #[inline]
    fn deref(&self) -> &CellHeader {
        // SAFETY: this hold is counted, so the cell lives; a shared reference
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
            // SAFETY: `leave` said that this was the last hold.
            unsafe { (self.vtable.free)(self.0) };
        }
    }
}

impl CellRef {
    /// A new cell with a pending call, and the two holds on it.
    ///
    /// # Safety
    ///
    /// The vtable is one of a `Cell<T>`. And as for
    /// [`pair_borrowing`](super::pair_borrowing), if the call may borrow.
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

    /// Whether both are holds on one cell.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Turns it into a pointer, which keeps its count.
    #[inline]
    pub(crate) fn into_pointer(self) -> NonNull<()> {
        ManuallyDrop::new(self).0.cast()
    }

    /// Turns it back.
    ///
    /// # Safety
    ///
    /// The pointer is from `into_pointer`, and turned back once.
    #[inline]
    pub(crate) unsafe fn from_pointer(pointer: NonNull<()>) -> Self {
        Self(pointer.cast())
    }

    /// Gives up this hold without giving up its count.
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

    /// Moves the call out of the slot, leaving it empty, to be dropped later.
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
    /// The slot holds an outcome, is this thread's to empty, and is looked at
    /// by nobody after.
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
        // SAFETY: the caller's promise; the place is the slot's.
        unsafe { self.slot::<Outcome<T>>().write(outcome) };
    }

    /// Moves the outcome out of the slot.
    ///
    /// # Safety
    ///
    /// The slot holds an outcome of a `T`, is the caller's, and is not looked
    /// at after.
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
    /// The slot holds an outcome of a `T` while the reference lives, and no
    /// thread that `T` may not be shared with reads it meanwhile.
    pub(crate) unsafe fn lend_outcome<T>(&self) -> &Outcome<T> {
        self.tracker.read();
        // SAFETY: the caller's promise.
        unsafe { self.slot::<Outcome<T>>().as_ref() }
    }

    /// Where the slot lies, for a `T` that is there or is to be put there.
    #[inline]
    pub(super) fn slot<T>(&self) -> NonNull<T> {
        let offset = self.vtable.slot;
        // SAFETY: the offset is that of the slot, inside the cell's allocation,
        // which the pointer was made from.
        unsafe { self.0.byte_add(offset) }.cast()
    }
}
