//! Primitives for loom's models: a few threads, every order, and every value that memory may show.
//!
//! Loom has no clock: its models wait without a deadline.

use std::{io, time::Instant};

#[cfg(feature = "work-stealing")]
pub(crate) use super::by_models::sleep;
pub(crate) use super::by_models::{Backoff, try_update};

pub(crate) use loom::{
    sync::{
        MutexGuard,
        atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
    },
    thread::{Builder as ThreadBuilder, JoinHandle, Thread, current as current_thread, yield_now},
};

pub(super) use loom::sync::Mutex;

/// Whether models run, and not a program.
pub(crate) const MODELLED: bool = true;

/// Loom's condition variable, with std's `Default`.
#[derive(Debug)]
pub(super) struct DefaultCondvar(loom::sync::Condvar);

pub(super) use DefaultCondvar as Condvar;

impl Default for DefaultCondvar {
    fn default() -> Self {
        Self(loom::sync::Condvar::new())
    }
}

impl std::ops::Deref for DefaultCondvar {
    type Target = loom::sync::Condvar;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// `thread_local!`, with threads as loom counts them.
macro_rules! thread_static {
    ($($(#[$doc:meta])* $vis:vis static $name:ident: $ty:ty = $init:expr;)*) => {
        loom::thread_local! { $($(#[$doc])* $vis static $name: $ty = $init;)* }
    };
}
pub(crate) use thread_static;

/// A static that is made when it is first used.
macro_rules! program_static {
    ($(#[$doc:meta])* static $name:ident: $ty:ty = $init:expr;) => {
        $(#[$doc])* static $name: std::sync::LazyLock<$ty> = std::sync::LazyLock::new(|| $init);
    };
}
pub(crate) use program_static;

/// Whether the deadline, if there is one, has passed.
pub(crate) fn has_passed(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| Instant::now() >= deadline)
}

/// Parks this thread until it is unparked, or wakes spuriously.
pub(crate) fn park_until(deadline: Option<Instant>) {
    debug_assert!(deadline.is_none());
    loom::thread::park();
}

/// Waits until `condvar` is notified, or wakes spuriously.
pub(super) fn wait_until<'a, T>(
    condvar: &DefaultCondvar,
    _: &'a super::Mutex<T>,
    guard: MutexGuard<'a, T>,
    _deadline: Instant,
) -> MutexGuard<'a, T> {
    let woken = condvar.wait(guard);
    woken.unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Always fails: loom has no scoped threads.
pub(crate) fn on_own_thread(_: ThreadBuilder, _: impl FnOnce() + Send) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
