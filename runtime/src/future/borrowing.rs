//! Calls that borrow, and why that is sound.
//!
//! A call goes to other threads, and the borrow checker does not follow it there.
//! The call's [`Ticket`](crate::task::Ticket) does:
//!
//! ```text
//!   pair_borrowing(call, ticket) ----> ticket is back ----> the borrows end
//!     other threads have the call,      the cell is a
//!     run it, drop it                   shell, or has
//!                                       an outcome
//! ```
//!
//! - **The call** is dropped before its ticket is back: the ticket lies in it, behind
//!   what it captured, and comes out only to be kept until the call has run.
//! - **The outcome** may borrow as well. A thread that settles a call nobody has a
//!   future of drops the outcome; it gives the ticket back after that. Any other outcome
//!   is reached only through its `Future<T>`, which the borrow checker does follow: it ends
//!   before what `T` borrows, wherever it goes, out of the scope too. If it is
//!   forgotten, nobody drops the outcome.
//! - **Callbacks** outlive everything (`'static`), and so does what they are lent.
//! - **What is left** in queues, cancellers and lists of waiters are holds on the
//!   cell. They read the header, which borrows nothing, and free the memory; freeing
//!   a cell drops nothing in its slot.

use super::{Future, cell::CellRef, end::CallerEnd, extras::Placement};
use crate::task::Call;

/// Makes a pending call that may borrow, as [`pair`](super::pair) does of one that may not.
///
/// # Safety
///
/// The call bears a ticket, and whatever it and its output borrow stays until the
/// ticket is back.
pub(crate) unsafe fn pair_borrowing<C: Call>(
    call: C,
    placement: Placement,
) -> (Future<C::Output>, CellRef) {
    // SAFETY: the caller's promise.
    let (end, job) = unsafe { CallerEnd::pair_borrowing(call, placement) };
    (Future { end }, job)
}
