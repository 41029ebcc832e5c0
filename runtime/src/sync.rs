//! The synchronisation primitives, chosen once: `std`'s, or loom's when the models run.
//!
//! Everything that loom is to explore takes its atomics, locks, parking and
//! shared slots from here. What differs between the two is levelled out in this
//! file, so that no other file asks for `cfg(loom)`.

#[cfg(loom)]
pub(crate) use loom::{
    sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
    thread::{Thread, current as current_thread},
};
#[cfg(not(loom))]
pub(crate) use std::{
    sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
    thread::{Thread, current as current_thread},
};

use std::time::{Duration, Instant};

#[cfg(loom)]
use loom::sync::{Mutex as Inner, MutexGuard};
#[cfg(not(loom))]
use std::sync::{Mutex as Inner, MutexGuard};

/// `thread_local!`, with threads as loom counts them when the models run.
macro_rules! strand_local {
    ($($(#[$doc:meta])* static $name:ident: $ty:ty = $init:expr;)*) => {
        #[cfg(not(loom))]
        thread_local! { $($(#[$doc])* static $name: $ty = const { $init };)* }
        #[cfg(loom)]
        loom::thread_local! { $($(#[$doc])* static $name: $ty = $init;)* }
    };
}
pub(crate) use strand_local;

/// A mutex that a panic does not poison.
///
/// What it guards here is whole between any two statements, and user code
/// never runs under it.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(Inner<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Inner::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Parks this thread until it is unparked, the deadline passes, or for no reason at all.
pub(crate) fn park_until(deadline: Option<Instant>) {
    #[cfg(not(loom))]
    match deadline {
        None => std::thread::park(),
        Some(deadline) => {
            std::thread::park_timeout(deadline.saturating_duration_since(Instant::now()));
        }
    }
    // Loom has no clock: its models wait without a deadline.
    #[cfg(loom)]
    {
        debug_assert!(deadline.is_none());
        loom::thread::park();
    }
}

/// How long to look again before a thread goes to sleep.
///
/// About what it costs to put a thread to sleep and to wake it: looking so
/// long first costs at most twice what the better choice would have cost.
const LOOKING: Duration = Duration::from_micros(20);

/// Looks again and again for a short while; true as soon as `is_there`.
///
/// Gives way to threads that have work, and keeps a core busy for some
/// twenty microseconds at most.
pub(crate) fn look_for(is_there: impl Fn() -> bool) -> bool {
    // Loom tries every order anyhow, and takes a loop like this for a hang.
    if cfg!(loom) || is_there() {
        return is_there();
    }
    let start = Instant::now();
    while start.elapsed() < LOOKING {
        for _ in 0..32 {
            if is_there() {
                return true;
            }
            std::hint::spin_loop();
        }
        std::thread::yield_now();
    }
    is_there()
}

/// Tells loom who reads and who writes a slot whose storage it cannot see into.
///
/// Without loom this is nothing at all.
#[derive(Default)]
pub(crate) struct Tracker(#[cfg(loom)] loom::cell::UnsafeCell<()>);

impl Tracker {
    /// A read of the tracked slot happens here.
    #[inline]
    pub(crate) fn read(&self) {
        #[cfg(loom)]
        self.0.with(|_| ());
    }

    /// A write of the tracked slot happens here.
    #[inline]
    pub(crate) fn write(&self) {
        #[cfg(loom)]
        self.0.with_mut(|_| ());
    }
}
