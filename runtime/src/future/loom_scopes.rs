//! Every interleaving of a call that borrows with the end of its scope.
//!
//! What is borrowed is a slot that loom watches: the call, its captures and its
//! outcome use it on other threads, and the scope's thread writes it when all
//! tickets are back. A ticket that comes back too early is a race there.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use loom::thread;

use super::{
    Future,
    loom_models::{context, joined, model, model_with, placement, run},
    pair_borrowing,
};
use crate::{
    cell::CellRef,
    error::TaskError,
    id::ExecutorId,
    sync::Tracker,
    task::{ScopedClosure, Ticket, Tickets},
    worker_context,
};

/// What a scope's calls borrow: counts its uses, and tells loom of each.
///
/// The count and the pointer are std's, so that they order nothing for loom.
#[derive(Clone, Default)]
struct Ground(Arc<(Tracker, AtomicUsize)>);

// SAFETY: loom fails a model that uses the tracker on two threads at once.
unsafe impl Send for Ground {}
// SAFETY: as above.
unsafe impl Sync for Ground {}

impl Ground {
    fn touch(&self) {
        self.0.0.write();
        self.0.1.fetch_add(1, Ordering::Relaxed);
    }

    /// How often it was touched; ends the borrow.
    fn end(&self) -> usize {
        self.0.0.write();
        self.0.1.load(Ordering::Relaxed)
    }
}

/// Touches what is borrowed when it is dropped.
struct Borrow(Ground);

impl Drop for Borrow {
    fn drop(&mut self) {
        self.0.touch();
    }
}

/// A pending call that gives back what it captured.
fn echo(
    ground: &Ground,
    ticket: Ticket,
    executor: Option<ExecutorId>,
) -> (Future<Borrow>, CellRef) {
    let borrow = Borrow(ground.clone());
    spawn(move || borrow, ticket, executor)
}

fn spawn<F, T>(closure: F, ticket: Ticket, executor: Option<ExecutorId>) -> (Future<T>, CellRef)
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let call = ScopedClosure::new(closure, ticket);
    // SAFETY: what these calls use is counted; nothing is borrowed in earnest.
    unsafe { pair_borrowing(call, placement(executor)) }
}

#[test]
fn loom_an_outcome_nobody_wants_is_gone_when_the_scope_ends() {
    model(|| {
        let (ground, tickets) = (Ground::default(), Tickets::new());
        let (future, cell) = echo(&ground, tickets.issue(), None);
        let worker = thread::spawn(move || run(cell));

        drop(future);
        tickets.await_all();

        assert_eq!(ground.end(), 1);
        assert!(joined(worker));
    });
}

#[test]
fn loom_a_call_has_run_when_the_scope_ends() {
    model(|| {
        let (ground, tickets) = (Ground::default(), Tickets::new());
        let borrowed = ground.clone();
        let (future, cell) = spawn(move || borrowed.touch(), tickets.issue(), None);
        let worker = thread::spawn(move || run(cell));

        tickets.await_all();

        assert_eq!(ground.end(), 1);
        assert!(future.done());
        assert!(joined(worker));
    });
}

#[test]
fn loom_each_of_two_calls_has_run_when_the_scope_ends() {
    model_with(2, || {
        let (one, two, tickets) = (Ground::default(), Ground::default(), Tickets::new());
        let (first, cell) = echo(&one, tickets.issue(), None);
        let worker = thread::spawn(move || run(cell));
        let (second, cell) = echo(&two, tickets.issue(), None);
        let other = thread::spawn(move || run(cell));

        drop((first, second));
        tickets.await_all();

        assert_eq!((one.end(), two.end()), (1, 1));
        assert!(joined(worker) && joined(other));
    });
}

#[test]
fn loom_what_a_cancelled_call_captured_is_gone_when_the_scope_ends() {
    model(|| {
        let (ground, tickets) = (Ground::default(), Tickets::new());
        let (future, cell) = echo(&ground, tickets.issue(), None);
        let canceller = future.canceller();
        let other = thread::spawn(move || canceller.cancel());

        tickets.await_all();

        assert_eq!(ground.end(), 1);
        assert!(joined(other));
        drop((future, cell));
    });
}

#[test]
fn loom_a_cancel_against_a_worker_lets_the_scope_end_once_all_is_gone() {
    model(|| {
        let (ground, tickets) = (Ground::default(), Tickets::new());
        let (future, cell) = echo(&ground, tickets.issue(), None);
        let canceller = future.canceller();
        drop(future);
        let other = thread::spawn(move || canceller.cancel());
        let worker = thread::spawn(move || run(cell));

        tickets.await_all();

        assert_eq!(ground.end(), 1);
        assert_ne!(joined(worker), joined(other));
    });
}

#[test]
fn loom_what_a_refused_call_captured_is_gone_when_the_scope_ends() {
    model(|| {
        let (ground, tickets) = (Ground::default(), Tickets::new());
        let (future, cell) = echo(&ground, tickets.issue(), None);
        let worker = thread::spawn(move || cell.fail(TaskError::rejected("closed")));

        tickets.await_all();

        assert_eq!(ground.end(), 1);
        assert!(future.result().is_err_and(|error| error.is_rejected()));
        joined(worker);
    });
}

#[test]
fn loom_a_panic_is_there_when_the_scope_ends() {
    model(|| {
        let (ground, tickets) = (Ground::default(), Tickets::new());
        let borrow = Borrow(ground.clone());
        let closure = move || {
            let _borrow = borrow;
            std::panic::resume_unwind(Box::new("thrown"))
        };
        let (future, cell) = spawn::<_, ()>(closure, tickets.issue(), None);
        let worker = thread::spawn(move || run(cell));

        drop(future);
        tickets.await_all();

        assert_eq!(ground.end(), 1);
        let panics = tickets.take_panics();
        assert!(panics.len() == 1 && !panics[0].is_given());
        assert!(joined(worker));
    });
}

#[test]
fn loom_a_panic_somebody_is_given_is_known_as_such_when_the_scope_ends() {
    model(|| {
        let tickets = Tickets::new();
        let closure = || std::panic::resume_unwind(Box::new("thrown"));
        let (future, cell) = spawn::<_, ()>(closure, tickets.issue(), None);
        let worker = thread::spawn(move || run(cell));

        assert!(future.result().is_err());
        tickets.await_all();

        assert!(tickets.take_panics()[0].is_given());
        assert!(joined(worker));
    });
}

#[test]
fn loom_a_call_that_the_end_runs_in_place_runs_once() {
    let executor = ExecutorId::new();
    model(move || {
        let (ground, tickets) = (Ground::default(), Tickets::new());
        let (future, cell) = echo(&ground, tickets.issue(), Some(executor));
        let worker = thread::spawn(move || run(cell));

        let entered = worker_context::enter(context(executor));
        future.cell().run_in_place();
        drop(entered);
        drop(future);
        tickets.await_all();

        assert_eq!(ground.end(), 1);
        joined(worker);
    });
}
