//! What keeps a scope open for its calls.
//!
//! A scope issues a [`Ticket`] with each call. The ticket lies in the call, behind
//! what the call captured, so it comes back only when all of that is gone:
//!
//! ```text
//!   cancelled, refused   the call is dropped:  captures, then the ticket
//!   run                  the cell takes the ticket out first, and gives it
//!                        back when it touches the outcome no more
//! ```
//!
//! The scope ends when all its tickets are back. A ticket that is leaked keeps its
//! scope open for ever, which is safe.

use std::sync::Arc;

use crate::{
    error::TaskError,
    sync::{AtomicUsize, Mutex, Ordering, Thread, current_thread, park_until, spin_until},
    unwind, worker_context,
};

/// The tickets of one scope.
pub(crate) struct Tickets {
    /// How many are not back. Each has a call of its own, so memory ends before the count does.
    out: AtomicUsize,
    /// The thread that made the scope, and waits at its end.
    owner: Thread,
    /// The panics of calls; taken once all tickets are back.
    panics: Mutex<Panics>,
}

/// Panics that somebody may still have to be told of, in the order they came.
#[derive(Default)]
struct Panics {
    errors: Vec<TaskError>,
    /// With so many it is time to look which were given to somebody.
    sweep_at: usize,
}

/// Keeps its scope open while it lives.
pub(crate) struct Ticket(Arc<Tickets>);

impl Tickets {
    /// No ticket yet, for a scope of this thread.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            out: AtomicUsize::new(0),
            owner: current_thread(),
            panics: Mutex::default(),
        })
    }

    /// One more ticket.
    pub(crate) fn issue(self: &Arc<Self>) -> Ticket {
        // ORDERING: the owner issues it, or a call that has one itself.
        self.out.fetch_add(1, Ordering::Relaxed);
        Ticket(self.clone())
    }

    /// Whether all tickets are back.
    pub(crate) fn are_back(&self) -> bool {
        // ORDERING: Acquire pairs with the Release of each ticket's drop: what was
        // done under the tickets comes before what the owner does next.
        self.out.load(Ordering::Acquire) == 0
    }

    /// Blocks until all tickets are back. Only for the owner.
    pub(crate) fn await_all(&self) {
        while !self.are_back() {
            self.sleep();
        }
    }

    /// Blocks until all tickets are back, `wake_owner` was called, or for no reason
    /// at all. Only for the owner.
    pub(crate) fn sleep(&self) {
        if !worker_context::trampoline::run_deferred() && !spin_until(|| self.are_back()) {
            let _blocking = worker_context::enter_blocking();
            park_until(None);
        }
    }

    /// Has the owner look again.
    pub(crate) fn wake_owner(&self) {
        self.owner.unpark();
    }

    /// Takes the panics that were noted.
    pub(crate) fn take_panics(&self) -> Vec<TaskError> {
        std::mem::take(&mut self.panics.lock().errors)
    }
}

impl Ticket {
    /// The ticket's call panicked; its scope is to know, should nobody else ask.
    pub(crate) fn note_panic(&self, error: &TaskError) {
        let given = self.0.panics.lock().add(error.clone());
        given.into_iter().for_each(unwind::discard);
    }
}

impl Panics {
    /// Adds one. Each time their number has doubled, moves out those that concern nobody any more.
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
