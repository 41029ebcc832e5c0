//! Leaving the program: detached work runs to its end first.
//!
//! Executors with threads of their own register here when they are made. The guard that
//! [`init`](crate::init) returns, and that `#[concurrent_futures::main]` keeps, drains them all
//! when it is dropped: round after round, since the work of one may submit to another. Then it
//! closes them: a call that came later would be cut off in the middle when the process exits.

use std::{
    sync::{Arc, Weak},
    thread,
};

use crate::{
    error::TaskError,
    sync::{AtomicUsize, Mutex, MutexGuard, Ordering, program_static},
};

/// An executor whose work is drained before the program exits.
pub(crate) trait Drain: Send + Sync {
    /// Ends the threads once there is no work, and waits for that. True if there were threads.
    fn drain(&self) -> bool;

    /// Refuses further calls, with [`refusal`].
    fn leave(&self);
}

/// The error of a call that comes too late.
pub(crate) fn refusal() -> TaskError {
    TaskError::rejected(
        "program is leaving: the guard of `init` was dropped; keep it until the last call is submitted",
    )
}

program_static! {
    static GUARDS: AtomicUsize = AtomicUsize::new(0);
}

program_static! {
    static DRAINS: Mutex<Vec<Weak<dyn Drain>>> = Mutex::default();
}

fn drains() -> MutexGuard<'static, Vec<Weak<dyn Drain>>> {
    DRAINS.lock()
}

/// Registers `drain`, to be drained when the program exits if it lives until then.
pub(crate) fn register(drain: Weak<dyn Drain>) {
    let mut drains = drains();
    drains.retain(|other| other.strong_count() > 0);
    drains.push(drain);
}

/// A guard that waits for detached work when it is dropped; made by [`init`](crate::init).
#[derive(Debug)]
pub struct Guard {
    _private: (),
}

impl Guard {
    pub(crate) fn new() -> Self {
        // ORDERING: a cold counter; SeqCst for simplicity.
        GUARDS.fetch_add(1, Ordering::SeqCst);
        Self { _private: () }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        while drain_all() {}
        // ORDERING: as in `new`.
        let is_last = GUARDS.fetch_sub(1, Ordering::SeqCst) == 1;
        // Only on the main thread does the program exit: a test that calls `init` runs on a thread
        // of its own.
        if is_last && thread::current().name() == Some("main") {
            living().iter().for_each(|drain| drain.leave());
            // Calls that other threads have submitted before that.
            while drain_all() {}
        }
    }
}

fn living() -> Vec<Arc<dyn Drain>> {
    drains().iter().filter_map(Weak::upgrade).collect()
}

/// Drains each executor once. True if one of them had work.
fn drain_all() -> bool {
    // Every executor is drained, so no short circuit.
    living()
        .iter()
        .fold(false, |worked, drain| drain.drain() | worked)
}
