//! Primitives for programs: std's and crossbeam-utils', as they are.

use std::{io, time::Instant};

pub(crate) use std::{
    sync::{
        MutexGuard,
        atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
    },
    thread::{Builder as ThreadBuilder, JoinHandle, Thread, current as current_thread, yield_now},
};

pub(crate) use crossbeam_utils::Backoff;

#[cfg(feature = "work-stealing")]
pub(crate) use std::thread::sleep;

pub(super) use std::sync::{Condvar, Mutex};

/// Whether models run, and not a program.
pub(crate) const MODELLED: bool = false;

/// `thread_local!`, with threads as the models count them when models run.
macro_rules! thread_static {
    ($($(#[$doc:meta])* $vis:vis static $name:ident: $ty:ty = $init:expr;)*) => {
        thread_local! { $($(#[$doc])* $vis static $name: $ty = const { $init };)* }
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

/// Updates the word by `step`, in one `SeqCst` operation; false if `step` returned `None`.
#[inline]
pub(crate) fn try_update(word: &AtomicU64, mut step: impl FnMut(u64) -> Option<u64>) -> bool {
    // ORDERING: the caller's words are in the one order of all SeqCst operations.
    let mut seen = word.load(Ordering::SeqCst);
    while let Some(next) = step(seen) {
        // ORDERING: as above.
        match word.compare_exchange_weak(seen, next, Ordering::SeqCst, Ordering::SeqCst) {
            Ok(_) => return true,
            Err(now) => seen = now,
        }
    }
    false
}

/// Whether the deadline, if there is one, has passed.
pub(crate) fn has_passed(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| Instant::now() >= deadline)
}

/// Parks this thread until it is unparked, the deadline passes, or wakes spuriously.
pub(crate) fn park_until(deadline: Option<Instant>) {
    match deadline {
        None => std::thread::park(),
        Some(deadline) => {
            std::thread::park_timeout(deadline.saturating_duration_since(Instant::now()));
        }
    }
}

/// Waits until `condvar` is notified, the deadline passes, or wakes spuriously.
pub(super) fn wait_until<'a, T>(
    condvar: &Condvar,
    _: &'a super::Mutex<T>,
    guard: MutexGuard<'a, T>,
    deadline: Instant,
) -> MutexGuard<'a, T> {
    let left = deadline.saturating_duration_since(Instant::now());
    let woken = condvar.wait_timeout(guard, left);
    woken.unwrap_or_else(|poisoned| poisoned.into_inner()).0
}

/// Runs `body` on a thread of its own, and returns when that has ended.
///
/// # Errors
///
/// The system's error if it refuses a thread; `body` was not run then.
pub(crate) fn on_own_thread(builder: ThreadBuilder, body: impl FnOnce() + Send) -> io::Result<()> {
    std::thread::scope(|scope| builder.spawn_scoped(scope, body).map(drop))
}
