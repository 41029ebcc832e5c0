//! Leaving the program: detached work runs to its end first.
//!
//! Executors that own threads enter themselves here when they are made. What
//! [`init`](crate::init) returns (and `#[concurrent_futures::main]` holds) drains them all when
//! it is dropped: round after round, since the work of one may submit to another. Then they are closed: a call that came
//! later would end with the program, in the midst of what it does.

use std::{
    sync::{Arc, Weak},
    thread,
};

use crate::{
    error::TaskError,
    sync::{AtomicUsize, Mutex, MutexGuard, Ordering, program_static},
};

/// Something whose work is to end before the program does.
pub(crate) trait Drain: Send + Sync {
    /// Ends the threads once there is no work, and waits for that. True if there were any.
    fn drain(&self) -> bool;

    /// Takes no more calls, and says why with [`refusal`].
    fn leave(&self);
}

/// What a call fails with that comes too late.
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

/// Has `drain` waited for when the program ends, if it lives until then.
pub(crate) fn register(drain: Weak<dyn Drain>) {
    let mut drains = drains();
    drains.retain(|other| other.strong_count() > 0);
    drains.push(drain);
}

/// Waits, when dropped, for work that was left to itself; made by [`init`](crate::init).
#[derive(Debug)]
pub struct Guard {
    _private: (),
}

impl Guard {
    pub(crate) fn new() -> Self {
        GUARDS.fetch_add(1, Ordering::SeqCst);
        Self { _private: () }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        while drain_all() {}
        let is_last = GUARDS.fetch_sub(1, Ordering::SeqCst) == 1;
        // Only there does it mean that the program leaves: a test that calls `init` has a thread of its own.
        if is_last && thread::current().name() == Some("main") {
            living().iter().for_each(|drain| drain.leave());
            // What other threads have submitted before that.
            while drain_all() {}
        }
    }
}

fn living() -> Vec<Arc<dyn Drain>> {
    drains().iter().filter_map(Weak::upgrade).collect()
}

/// One round over all executors. True if one of them had work.
fn drain_all() -> bool {
    // Every one is asked, so no short circuit.
    living()
        .iter()
        .fold(false, |worked, drain| drain.drain() | worked)
}
