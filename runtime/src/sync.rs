//! The synchronisation primitives, chosen once: std's, or those of loom or shuttle when models run.
//!
//! ```text
//!   by_std       programs
//!   by_loom      models of a few threads: every order, and every value that memory may show
//!   by_shuttle   models of whole pools: thousands of orders, all memory as if it were SeqCst
//!   by_models    what these two have in common
//! ```
//!
//! Code that models are to explore takes its atomics, locks, threads and thread-locals from here.
//! The differences among them are levelled out in these files, so that no other file asks for
//! `cfg(loom)` or `cfg(shuttle)`.

#[cfg(all(loom, test))]
mod by_loom;
#[cfg(all(any(loom, shuttle), test))]
mod by_models;
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

pub(crate) use crossbeam_utils::CachePadded;

pub(crate) use chosen::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Backoff, JoinHandle, MODELLED,
    MutexGuard, Ordering, Thread, ThreadBuilder, current_thread, fence, has_passed, on_own_thread,
    park_until, program_static, thread_static, try_update, yield_now,
};

#[cfg(feature = "work-stealing")]
pub(crate) use chosen::sleep;

/// A mutex that a panic does not poison.
///
/// The data that it guards is consistent between any two statements, and user code never runs under
/// it.
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

    #[cfg(feature = "work-stealing")]
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0
            .get_mut()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A condition variable, for a [`Mutex`].
#[derive(Debug, Default)]
pub(crate) struct Condvar(chosen::Condvar);

impl Condvar {
    /// Blocks until notified, or wakes spuriously.
    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.0
            .wait(guard)
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Blocks until notified or the deadline passes, or wakes spuriously.
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

/// How long a thread spins before it blocks.
///
/// About the cost of blocking a thread and waking it: spinning for that time first costs at most
/// twice as much as the better choice (competitive spinning).
const SPIN_LIMIT: Duration = Duration::from_micros(20);

/// Spins for a short time until `is_there`; true as soon as it is.
///
/// Yields to threads that have work, and keeps a core busy for some twenty microseconds at most.
pub(crate) fn spin_until(is_there: impl Fn() -> bool) -> bool {
    // Models try other orders anyway, and loom takes such a loop for a hang.
    if MODELLED || is_there() {
        return is_there();
    }
    let start = Instant::now();
    while start.elapsed() < SPIN_LIMIT {
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

/// A `SeqCst` fence for loom, which treats `SeqCst` operations as `AcqRel`.
///
/// It stands between two `SeqCst` operations of a thread whose order matters (store-load).
#[inline]
pub(crate) fn loom_fence() {
    if MODELLED {
        // ORDERING: for loom alone, see above.
        fence(Ordering::SeqCst);
    }
}

/// Reports reads and writes of a slot to loom, which cannot see into its storage.
///
/// Without loom it is empty.
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
