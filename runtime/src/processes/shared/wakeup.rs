//! The sleep flag by which a worker wakes its parent, only if the parent sleeps: an eventcount.
//!
//! ```text
//!   parent                                worker
//!
//!   prepare_sleep: asleep = 1             written += record
//!   (fence)                               (fence)
//!   ring empty? --yes--> sleep            must_notify: asleep = 1? --yes--> notify
//! ```
//!
//! No lost wakeup: each side writes, then reads what the other has written, with a SeqCst fence
//! between. So either the parent finds the record, or the worker notifies. While the parent is
//! awake, an answer costs no system call.

use std::sync::atomic::Ordering;

/// The word that says whether the parent sleeps: an atomic of std, or of loom.
pub(crate) trait SleepFlag {
    fn store(&self, value: u64);
    fn load(&self) -> u64;
    fn swap(&self, value: u64) -> u64;
    fn fence();
}

/// Makes the `AtomicU64` of a module a flag. It is written once, so that loom's models have the
/// orderings of the program.
macro_rules! sleep_flag_of {
    ($($atomic:ident)::+) => {
        impl SleepFlag for $($atomic)::+::AtomicU64 {
            fn store(&self, value: u64) {
                // ORDERING: the SeqCst fences order it against the counters of the ring.
                self.store(value, Ordering::Relaxed);
            }

            fn load(&self) -> u64 {
                // ORDERING: as in `store`.
                self.load(Ordering::Relaxed)
            }

            fn swap(&self, value: u64) -> u64 {
                // ORDERING: AcqRel orders a notification and the next `prepare_sleep`.
                self.swap(value, Ordering::AcqRel)
            }

            fn fence() {
                // ORDERING: SeqCst is the store-load order that the protocol rests on.
                $($atomic)::+::fence(Ordering::SeqCst);
            }
        }
    };
}

sleep_flag_of!(std::sync::atomic);
#[cfg(all(loom, test))]
sleep_flag_of!(loom::sync::atomic);

/// Parent: is about to sleep. The caller checks the ring once more, and sleeps only if it is empty.
pub(crate) fn prepare_sleep<F: SleepFlag>(asleep: &F) {
    asleep.swap(1);
    F::fence();
}

/// Parent: is awake, and checks the ring by itself.
pub(crate) fn cancel_sleep<F: SleepFlag>(asleep: &F) {
    asleep.store(0);
}

/// Worker: has written a record. True if it has to notify the parent; once for each sleep.
pub(crate) fn must_notify<F: SleepFlag>(asleep: &F) -> bool {
    F::fence();
    asleep.load() == 1 && asleep.swap(0) == 1
}
