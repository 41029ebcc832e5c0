//! The synchronisation primitives, chosen once: `std`'s, or those of loom or shuttle when models run.
//!
//! ```text
//!   by_std       programs
//!   by_loom      models of a few threads and words: every order, and every value that memory may show
//!   by_shuttle   models of whole pools: thousands of orders, all memory as if it were SeqCst
//! ```
//!
//! Everything that models are to explore takes its atomics, locks, threads and
//! thread-locals from here. What differs among the three is levelled out in these
//! files, so that no other file asks for `cfg(loom)` or `cfg(shuttle)`.
//!
//! The models are unit tests: a library that is built as a dependency has std's primitives,
//! whatever the `cfg`, and its users' lock files name neither loom nor shuttle.

#[cfg(all(loom, test))]
mod by_loom;
#[cfg(all(shuttle, test))]
mod by_shuttle;
#[cfg(not(all(any(loom, shuttle), test)))]
mod by_std;

#[cfg(all(loom, test))]
use by_loom as chosen;
#[cfg(all(shuttle, test))]
use by_shuttle as chosen;
#[cfg(not(all(any(loom, shuttle), test)))]
use by_std as chosen;

use std::time::{Duration, Instant};

pub(crate) use chosen::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, JoinHandle, MODELLED, MutexGuard,
    Ordering, Thread, ThreadBuilder, current_thread, fence, has_passed, on_own_thread, park_until,
    program_static, sleep, thread_static, try_update, yield_now,
};

/// A mutex that a panic does not poison.
///
/// What it guards here is whole between any two statements, and user code
/// never runs under it.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(chosen::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(chosen::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0
            .get_mut()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Where threads wait for a change of what a [`Mutex`] guards.
#[derive(Debug, Default)]
pub(crate) struct Condvar(chosen::Condvar);

impl Condvar {
    /// Sleeps until it is notified, or for no reason at all.
    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.0
            .wait(guard)
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Sleeps until it is notified, the deadline passes, or for no reason at all.
    pub(crate) fn wait_until<'a, T>(
        &self,
        mutex: &'a Mutex<T>,
        guard: MutexGuard<'a, T>,
        deadline: Option<Instant>,
    ) -> MutexGuard<'a, T> {
        match deadline {
            None => self.wait(guard),
            Some(deadline) => chosen::wait_until(&self.0, mutex, guard, deadline),
        }
    }

    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
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
pub(crate) fn spin_until(is_there: impl Fn() -> bool) -> bool {
    // Models try other orders anyhow, and loom takes a loop like this for a hang.
    if MODELLED || is_there() {
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
        yield_now();
    }
    is_there()
}

/// Stands between two `SeqCst` operations of a thread, which are in one order with those of all others.
///
/// Loom takes such operations for weaker ones, and has to be given a fence.
#[inline]
pub(crate) fn loom_fence() {
    if MODELLED {
        fence(Ordering::SeqCst);
    }
}

/// Waits for a step that another thread is about to take: round after round a bit longer.
pub(crate) fn wait_briefly(round: &mut u32) {
    *round += 1;
    if MODELLED || *round > 32 {
        yield_now();
    } else {
        std::hint::spin_loop();
    }
}

/// Keeps what it holds apart, so that those who write it do not slow down those who use its neighbours.
///
/// Two lines of a cache, since some processors fetch them in pairs.
#[repr(align(128))]
pub(crate) struct CachePadded<T>(pub(crate) T);

/// Tells loom who reads and who writes a slot whose storage it cannot see into.
///
/// Without loom this is nothing at all.
#[derive(Default)]
pub(crate) struct Tracker(#[cfg(all(loom, test))] loom::cell::UnsafeCell<()>);

impl Tracker {
    /// A read of the tracked slot happens here.
    #[inline]
    pub(crate) fn read(&self) {
        #[cfg(all(loom, test))]
        self.0.with(|_| ());
    }

    /// A write of the tracked slot happens here.
    #[inline]
    pub(crate) fn write(&self) {
        #[cfg(all(loom, test))]
        self.0.with_mut(|_| ());
    }
}
