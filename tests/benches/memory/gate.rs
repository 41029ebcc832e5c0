//! Keeps every worker inside a call until the gate opens.

use std::sync::{Arc, Barrier};

/// All workers wait at it.
pub(crate) struct Gate {
    opening: Arc<Barrier>,
}

impl Gate {
    /// Gives every worker a call that waits, and returns when all do.
    pub(crate) fn shut(workers: usize, spawn: impl Fn(Box<dyn FnOnce() + Send>)) -> Gate {
        let arrival = Arc::new(Barrier::new(workers + 1));
        let opening = Arc::new(Barrier::new(workers + 1));
        for _ in 0..workers {
            let (arrival, opening) = (Arc::clone(&arrival), Arc::clone(&opening));
            spawn(Box::new(move || {
                arrival.wait();
                opening.wait();
            }));
        }
        arrival.wait();
        Gate { opening }
    }

    /// Lets the workers go on to the calls behind the gate.
    pub(crate) fn open(self) {
        self.opening.wait();
    }
}
