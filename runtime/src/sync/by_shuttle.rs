//! Primitives for shuttle's models: whole pools, thousands of orders, all memory as if it were
//! SeqCst.
//!
//! Shuttle has no clock. A deadline passes by chance, one time in three; a sleep with a deadline
//! only yields.

use std::{io, time::Instant};

use shuttle::rand::Rng;

#[cfg(feature = "work-stealing")]
pub(crate) use super::by_models::sleep;
pub(crate) use super::by_models::{Backoff, try_update};

pub(crate) use shuttle::{
    sync::{
        MutexGuard,
        atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
    },
    thread::{Builder as ThreadBuilder, JoinHandle, Thread, current as current_thread, yield_now},
};

pub(super) use shuttle::sync::{Condvar, Mutex};

/// Whether models run, and not a program.
pub(crate) const MODELLED: bool = true;

/// `thread_local!`, with threads as shuttle counts them.
macro_rules! thread_static {
    ($($(#[$doc:meta])* $vis:vis static $name:ident: $ty:ty = $init:expr;)*) => {
        shuttle::thread_local! { $($(#[$doc])* $vis static $name: $ty = $init;)* }
    };
}
pub(crate) use thread_static;

/// A static that is made when it is first used, by each order anew.
macro_rules! program_static {
    ($(#[$doc:meta])* static $name:ident: $ty:ty = $init:expr;) => {
        shuttle::lazy_static! { $(#[$doc])* static ref $name: $ty = $init; }
    };
}
pub(crate) use program_static;

/// Whether the deadline, if there is one, has passed: every third time it has.
pub(crate) fn has_passed(deadline: Option<Instant>) -> bool {
    deadline.is_some() && shuttle::rand::thread_rng().gen_range(0..3) == 0
}

/// Parks this thread until it is unparked, or wakes spuriously.
pub(crate) fn park_until(deadline: Option<Instant>) {
    match deadline {
        None => shuttle::thread::park(),
        Some(_) => shuttle::thread::yield_now(),
    }
}

/// Unlocks, yields to other threads, and locks again.
pub(super) fn wait_until<'a, T>(
    _: &Condvar,
    mutex: &'a super::Mutex<T>,
    guard: MutexGuard<'a, T>,
    _deadline: Instant,
) -> MutexGuard<'a, T> {
    drop(guard);
    shuttle::thread::yield_now();
    mutex.lock()
}

/// Runs `body` on a thread of its own, and returns when that has ended.
pub(crate) fn on_own_thread(_: ThreadBuilder, body: impl FnOnce() + Send) -> io::Result<()> {
    shuttle::thread::scope(|scope| drop(scope.spawn(body)));
    Ok(())
}
