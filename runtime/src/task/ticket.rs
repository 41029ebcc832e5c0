//! Tickets keep a scope open while its calls may borrow.
//!
//! A scope issues a [`Ticket`] with each call. The ticket lies in the call, behind the
//! captures of the closure, so it is returned only after these are dropped:
//!
//! ```text
//!   cancelled, refused   the call is dropped:  captures, then the ticket
//!   run                  the cell takes the ticket out first, and gives it
//!                        back when it touches the outcome no more
//! ```
//!
//! The scope ends when all its tickets are returned. A leaked ticket keeps its scope
//! open for ever, which is sound: nothing that a call borrows is freed before.

use std::sync::Arc;

use crate::{
    error::TaskError,
    sync::{AtomicUsize, Mutex, Ordering, Thread, current_thread, park_until, spin_until},
    unwind, worker_context,
};

/// The tickets of one scope.
pub(crate) struct Tickets {
    /// The number of tickets that are not returned. It cannot overflow: each ticket lies in a
    /// call, so memory runs out first.
    out: AtomicUsize,
    /// The thread that made the scope, and blocks at its end.
    owner: Thread,
    /// The panics of calls; taken once all tickets are returned.
    panics: Mutex<Panics>,
}

/// Panics that no caller was given yet, in their order.
#[derive(Default)]
struct Panics {
    errors: Vec<TaskError>,
    /// The length at which panics that a caller was given are removed.
    sweep_at: usize,
}

/// Keeps its scope open while it lives.
pub(crate) struct Ticket(Arc<Tickets>);

impl Tickets {
    /// Makes the tickets of a scope of this thread; none is issued.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            out: AtomicUsize::new(0),
            owner: current_thread(),
            panics: Mutex::default(),
        })
    }

    /// Issues a ticket.
    pub(crate) fn issue(self: &Arc<Self>) -> Ticket {
        // ORDERING: Relaxed, since the owner or a call with a ticket of its own issues it: the
        // count cannot fall to zero at the same time.
        self.out.fetch_add(1, Ordering::Relaxed);
        Ticket(self.clone())
    }

    /// Whether all tickets are returned.
    pub(crate) fn are_back(&self) -> bool {
        // ORDERING: Acquire pairs with the Release of each ticket's drop: the uses of
        // borrowed data happen before what the owner does next.
        self.out.load(Ordering::Acquire) == 0
    }

    /// Blocks until all tickets are returned. Only for the owner.
    pub(crate) fn await_all(&self) {
        while !self.are_back() {
            self.sleep();
        }
    }

    /// Blocks until all tickets are returned or `wake_owner` is called; may wake spuriously.
    /// Only for the owner.
    pub(crate) fn sleep(&self) {
        if !worker_context::trampoline::run_deferred() && !spin_until(|| self.are_back()) {
            let _blocking = worker_context::enter_blocking();
            park_until(None);
        }
    }

    /// Wakes the owner.
    pub(crate) fn wake_owner(&self) {
        self.owner.unpark();
    }

    /// Takes the panics of calls.
    pub(crate) fn take_panics(&self) -> Vec<TaskError> {
        std::mem::take(&mut self.panics.lock().errors)
    }
}

impl Ticket {
    /// Stores the panic of the ticket's call, for its scope to report if no caller takes it.
    pub(crate) fn note_panic(&self, error: &TaskError) {
        let given = self.0.panics.lock().add(error.clone());
        given.into_iter().for_each(unwind::discard);
    }
}

impl Panics {
    /// Adds a panic. Each time the number has doubled, removes and returns those that a caller
    /// was given.
    fn add(&mut self, error: TaskError) -> Vec<TaskError> {
        let mut given = Vec::new();
        if self.errors.len() >= self.sweep_at {
            given.extend(self.errors.extract_if(.., |error| error.is_given()));
            self.sweep_at = 2 * self.errors.len() + 8;
        }
        self.errors.push(error);
        given
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        // ORDERING: Release, see `are_back`.
        if self.0.out.fetch_sub(1, Ordering::Release) == 1 {
            self.0.wake_owner();
        }
    }
}
