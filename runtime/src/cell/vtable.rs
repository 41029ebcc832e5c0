//! The vtable of each type of cell: the operations that know its types.

use std::{cell::UnsafeCell, convert::identity, ptr::NonNull};

use super::{
    cell_ref::{Cell, Slot},
    header::{CellHeader, Lifted, Outcome, Ran, RetainedBox, Vtable, WireVtable},
};
use crate::{
    error::TaskError,
    portable::Parts,
    slab,
    task::{AnswerSource, Call, Task, Wire},
    unwind,
};

impl<T: Call> Cell<T> {
    pub(super) const VTABLE: Vtable = Vtable {
        name: T::name,
        slot: std::mem::offset_of!(Self, slot),
        run: Self::run,
        drop_call: Self::drop_call,
        box_call: Self::box_call,
        put_error: Self::put_error,
        drop_outcome: Self::drop_outcome,
        free: Self::free,
        wire: None,
    };

    /// The slot of the cell that `header` begins.
    ///
    /// # Safety
    ///
    /// `header` is the start of a living `Cell<T>`.
    unsafe fn slot(header: NonNull<CellHeader>) -> *mut Slot<T> {
        let cell = header.cast::<Self>().as_ptr();
        // SAFETY: the caller's promise; no reference to the whole cell is made.
        let slot = unsafe { &raw const (*cell).slot };
        UnsafeCell::raw_get(slot)
    }

    pub(super) unsafe fn take_call(header: NonNull<CellHeader>) -> T {
        // SAFETY: the caller's promise.
        let slot = unsafe { Self::slot(header) };
        // SAFETY: the slot holds the call; it is not read again as one.
        unsafe { slot.cast::<T>().read() }
    }

    unsafe fn run(header: NonNull<CellHeader>) -> Ran {
        // SAFETY: the caller's promise.
        let mut call = unsafe { Self::take_call(header) };
        let ticket = call.take_ticket();
        let outcome = unwind::catch(|| call.run());
        // SAFETY: the caller's promise.
        let (outcome, failed) = unsafe { Self::named(header, outcome) };
        let ran = Ran::new(&outcome, failed, ticket);
        // SAFETY: the slot is this thread's, and empty since `take_call`.
        unsafe { Self::put(header, outcome) };
        ran
    }

    /// The outcome, its error naming the task, and whether it is a failure.
    ///
    /// # Safety
    ///
    /// As for [`slot`](Self::slot).
    #[inline]
    unsafe fn named(
        header: NonNull<CellHeader>,
        outcome: Outcome<(T::Output, bool)>,
    ) -> (Outcome<T::Output>, bool) {
        match outcome {
            Ok((output, failed)) => (Ok(output), failed),
            Err(error) => {
                // SAFETY: the cell lives, and its header is only ever shared.
                let name = unsafe { header.as_ref() }.name();
                (Err(error.of_task(name)), true)
            }
        }
    }

    unsafe fn put(header: NonNull<CellHeader>, outcome: Outcome<T::Output>) {
        // SAFETY: the caller's promise.
        let slot = unsafe { Self::slot(header) };
        // SAFETY: the slot is empty and this thread's.
        unsafe { slot.cast::<Outcome<T::Output>>().write(outcome) };
    }

    unsafe fn drop_call(header: NonNull<CellHeader>) {
        // SAFETY: the caller's promise.
        let slot = unsafe { Self::slot(header) };
        // In place: as an argument of a function, the borrows of the call would count as in use
        // until the function returns, which is after the ticket is back.
        // SAFETY: the slot holds the call; it is not read again as one.
        unsafe { slot.cast::<T>().drop_in_place() };
    }

    unsafe fn box_call(header: NonNull<CellHeader>) -> Box<dyn Send> {
        // SAFETY: the caller's promise.
        let call: Box<dyn Send + '_> = Box::new(unsafe { Self::take_call(header) });
        // SAFETY: what the call borrows stays until its ticket is back, which is in the box.
        unsafe { std::mem::transmute::<Box<dyn Send + '_>, Box<dyn Send>>(call) }
    }

    unsafe fn put_error(header: NonNull<CellHeader>, error: TaskError) {
        // SAFETY: the caller's promise.
        unsafe { Self::put(header, Err(error)) };
    }

    unsafe fn drop_outcome(header: NonNull<CellHeader>) {
        // SAFETY: the caller's promise.
        let slot = unsafe { Self::slot(header) };
        // SAFETY: the slot holds the outcome; it is not read again.
        drop(unsafe { slot.cast::<Outcome<T::Output>>().read() });
    }

    unsafe fn free(header: NonNull<CellHeader>) {
        // SAFETY: made by `slab::leak` in `pair`, and the last reference was dropped.
        unsafe { slab::free(header.cast::<Self>()) };
    }
}

impl<T: Wire> Cell<T> {
    pub(super) const REMOTE_VTABLE: Vtable = Vtable {
        wire: Some(&WireVtable {
            entry: T::entry,
            encode: Self::encode,
            answer: Self::answer,
        }),
        ..Self::VTABLE
    };

    unsafe fn encode(header: NonNull<CellHeader>, parts: &mut Parts) -> Outcome<Lifted> {
        // SAFETY: the caller's promise.
        let call = unsafe { Self::take_call(header) };
        let retained = call.into_parts(parts)?;
        Ok(Lifted {
            deadline: T::deadline(&retained),
            retained: Box::new(retained),
        })
    }

    unsafe fn answer(
        header: NonNull<CellHeader>,
        answers: &mut dyn AnswerSource,
        retained: RetainedBox,
    ) -> bool {
        let retained = retained
            .downcast()
            .expect("what `encode` of the same cell left retained");
        let outcome = unwind::catch(|| {
            let output = T::from_answers(answers, *retained)?;
            let failed = <T as Task>::failed(&output);
            Ok((output, failed))
        });
        // SAFETY: the caller's promise.
        let (outcome, failed) = unsafe { Self::named(header, outcome.and_then(identity)) };
        // SAFETY: the slot is this thread's, and empty since `encode`.
        unsafe { Self::put(header, outcome) };
        failed
    }
}
