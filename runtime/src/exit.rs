//! Leaving the program: detached work runs to its end first.
//!
//! Executors that own threads enter themselves here when they are made. What
//! [`init`](crate::init) returns (and `#[concurrent_futures::main]` holds) drains them all when
//! it is dropped: round after round, since the work of one may submit to another.

use std::sync::{Arc, Weak};

use crate::sync::{Mutex, MutexGuard, program_static};

/// Something whose work is to end before the program does.
pub(crate) trait Drain: Send + Sync {
    /// Ends the threads once there is no work, and waits for that. True if there were any.
    fn drain(&self) -> bool;
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
        Self { _private: () }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        while drain_all() {}
    }
}

/// One round over all executors. True if one of them had work.
fn drain_all() -> bool {
    let living: Vec<Arc<dyn Drain>> = drains().iter().filter_map(Weak::upgrade).collect();
    // Every one is asked, so no short circuit.
    living
        .iter()
        .fold(false, |worked, drain| drain.drain() | worked)
}
