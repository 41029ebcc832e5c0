//! The calls that a cell can hold: those of tasks, and of closures that borrow.

use super::{Task, Ticket};

/// A call, to be run once, which may borrow.
///
/// The values of each [`Task`] are calls. A call that borrows holds the [`Ticket`] of its scope.
pub(crate) trait Call: Send + Sized {
    type Output: Send;

    fn name() -> &'static str;

    /// Runs the call: its output, and whether that counts as a failure.
    fn run(self) -> (Self::Output, bool);

    /// Takes the ticket out of a call that is about to run.
    ///
    /// The ticket has to outlive each use of the output in the cell.
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
