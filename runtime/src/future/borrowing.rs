//! Calls that borrow, and why that is sound.
//!
//! A call goes to other threads, where the borrow checker does not follow it.
//! The call's [`Ticket`](crate::task::Ticket) does:
//!
//! ```text
//!   pair_borrowing(call, ticket) ----> ticket is back ----> the borrows end
//!     other threads have the call,      the cell is a
//!     run it, drop it                   stale entry, or has
//!                                       an outcome
//! ```
//!
//! - **The call** is dropped before its ticket is back: the ticket lies in it, behind
//!   what it captured, and comes out only to be kept until the call has run.
//! - **The outcome** may borrow as well. A thread that settles a detached call drops the outcome,
//!   and gives the ticket back after that. Any other outcome is reached only through its
//!   `Future<T>`, which the borrow checker does follow: it ends before what `T` borrows, wherever
//!   it goes, out of the scope too. If the future is forgotten, the outcome is never dropped.
//! - **Callbacks** outlive everything (`'static`), and so does what they are lent.
//! - **What is left** in queues, cancellers and lists of waiters are references to the cell. They
//!   read the header, which borrows nothing, and free the memory; freeing a cell drops nothing in
//!   its slot.

use super::handle::Future;
use crate::{
    cell::{CallerEnd, CellRef, Placement},
    task::Call,
};

/// As [`pair`](super::pair), for a call that may borrow.
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
