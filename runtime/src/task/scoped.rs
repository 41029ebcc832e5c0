//! Closures that borrow, as calls of a scope.
//!
//! Fields are dropped in their order: the closure with its captures, then the ticket.

use super::{Call, Ticket};

/// A closure of a scope, whose value is the outcome.
pub(crate) struct ScopedClosure<F> {
    closure: F,
    ticket: Option<Ticket>,
}

impl<F> ScopedClosure<F> {
    pub(crate) fn new(closure: F, ticket: Ticket) -> Self {
        Self {
            closure,
            ticket: Some(ticket),
        }
    }
}

impl<F, T> Call for ScopedClosure<F>
where
    F: FnOnce() -> T + Send,
    T: Send,
{
    type Output = T;

    fn name() -> &'static str {
        std::any::type_name::<F>()
    }

    fn run(self) -> (T, bool) {
        ((self.closure)(), false)
    }

    fn take_ticket(&mut self) -> Option<Ticket> {
        self.ticket.take()
    }
}

/// A closure of a scope, whose `Err` counts as a failure.
pub(crate) struct ScopedTryClosure<F>(ScopedClosure<F>);

impl<F> ScopedTryClosure<F> {
    pub(crate) fn new(closure: F, ticket: Ticket) -> Self {
        Self(ScopedClosure::new(closure, ticket))
    }
}

impl<F, T, E> Call for ScopedTryClosure<F>
where
    F: FnOnce() -> Result<T, E> + Send,
    T: Send,
    E: Send,
{
    type Output = Result<T, E>;

    fn name() -> &'static str {
        std::any::type_name::<F>()
    }

    fn run(self) -> (Result<T, E>, bool) {
        let (output, _) = self.0.run();
        let failed = output.is_err();
        (output, failed)
    }

    fn take_ticket(&mut self) -> Option<Ticket> {
        self.0.take_ticket()
    }
}
