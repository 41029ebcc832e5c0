//! Leaving the program: detached work runs to its end first.
//!
//! Executors that own threads enter themselves here when they are made. What
//! [`init`] returns (and `#[concurrent_futures::main]` holds) drains them all when
//! it is dropped: round after round, since the work of one may submit to another.

use std::sync::{Arc, Mutex, Weak};

use crate::unwind;

/// Something whose work is to end before the program does.
pub(crate) trait Drain: Send + Sync {
    /// Ends the threads once there is no work, and waits for that. True if there were any.
    fn drain(&self) -> bool;
}

static DRAINS: Mutex<Vec<Weak<dyn Drain>>> = Mutex::new(Vec::new());

fn drains() -> std::sync::MutexGuard<'static, Vec<Weak<dyn Drain>>> {
    DRAINS
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Has `drain` waited for when the program ends, if it lives until then.
pub(crate) fn register(drain: Weak<dyn Drain>) {
    let mut drains = drains();
    drains.retain(|other| other.strong_count() > 0);
    drains.push(drain);
}

/// Prepares the program: call it first in `main`, and keep what it returns.
///
/// `#[concurrent_futures::main]` does this for you. When the guard is dropped,
/// work that was left to itself (detached futures, pools that were shut down
/// without waiting, pools in statics) runs to its end. Panics of tasks tell
/// their place from here on, as after [`capture_panics`](crate::capture_panics).
///
/// A program that leaves by [`std::process::exit`] waits for nothing.
///
/// # Examples
///
/// ```
/// use concurrent_futures::ThreadPool;
///
/// fn main() {
///     let _guard = concurrent_futures::init();
///     let pool = ThreadPool::new();
///     pool.spawn(|| println!("still printed")).detach();
///     pool.shutdown_detached();
/// }
/// ```
#[must_use = "detached work is waited for when the guard is dropped; write `let _guard = init();`"]
pub fn init() -> Guard {
    unwind::capture_panics();
    Guard { _private: () }
}

/// Waits, when dropped, for work that was left to itself; made by [`init`].
#[derive(Debug)]
pub struct Guard {
    _private: (),
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
