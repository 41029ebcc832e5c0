//! What a cell holds: a task's call, or that of a closure which borrows.

use super::{Task, Ticket};

/// Something to be run once, that may borrow.
///
/// Every [`Task`] is one. What borrows bears the [`Ticket`] of its scope.
pub(crate) trait Call: Send + Sized {
    type Output: Send;

    fn name() -> &'static str;

    /// Runs the call: its output, and whether that counts as a failure.
    fn run(self) -> (Self::Output, bool);

    /// Takes the ticket out of a call that is about to run.
    ///
    /// It is to outlive whatever is done with the output in the cell.
    #[inline]
    fn take_ticket(&mut self) -> Option<Ticket> {
        None
    }
}

impl<T: Task> Call for T {
    type Output = T::Output;

    fn name() -> &'static str {
        T::name()
    }

    #[inline]
    fn run(self) -> (T::Output, bool) {
        let output = Task::run(self);
        let failed = T::failed(&output);
        (output, failed)
    }
}
