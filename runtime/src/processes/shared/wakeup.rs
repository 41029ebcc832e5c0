//! How a worker wakes its parent, only if that sleeps.
//!
//! ```text
//!   parent                                worker
//!
//!   asleep = 1                            news = there
//!   (fence)                               (fence)
//!   news there? --no--> sleep             asleep = 1? --yes--> knock
//! ```
//!
//! One of the two sees what the other has written: either the parent finds the news, or the worker knocks. While the
//! parent is awake, an answer costs no call of the system.

use std::sync::atomic::{AtomicU64, Ordering, fence};

/// One word that says whether the parent sleeps, wherever it lies.
pub(crate) trait SleepFlag {
    fn store(&self, value: u64);
    fn load(&self) -> u64;
    fn swap(&self, value: u64) -> u64;
    fn fence();
}

impl SleepFlag for AtomicU64 {
    fn store(&self, value: u64) {
        // ORDERING: the fences order it against the news.
        self.store(value, Ordering::Relaxed);
    }

    fn load(&self) -> u64 {
        // ORDERING: as in `store`.
        self.load(Ordering::Relaxed)
    }

    fn swap(&self, value: u64) -> u64 {
        // ORDERING: AcqRel puts a knock and the next lying down into one order.
        self.swap(value, Ordering::AcqRel)
    }

    fn fence() {
        fence(Ordering::SeqCst);
    }
}

/// Parent: is about to sleep. The caller looks for news once more, and sleeps only if there are none.
pub(crate) fn prepare_sleep<F: SleepFlag>(asleep: &F) {
    asleep.swap(1);
    F::fence();
}

/// Parent: is awake, and looks by itself.
pub(crate) fn cancel_sleep<F: SleepFlag>(asleep: &F) {
    asleep.store(0);
}

/// Worker: there are news. True if the parent has to be woken, which is said once.
pub(crate) fn must_notify<F: SleepFlag>(asleep: &F) -> bool {
    F::fence();
    asleep.load() == 1 && asleep.swap(0) == 1
}
