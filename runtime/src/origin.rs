//! Which process this is: a forked child has its parent's memory, but none of its threads.
//!
//! ```text
//!   page: 1 --fork--> child: 0, wiped by the kernel --look--> 2 --fork--> its child: 0 --> 3
//! ```
//!
//! Code that waits for threads keeps the [`Origin`] in which it was made, and checks that this
//! process still is that one before it takes a lock or waits. The check costs two loads. The number
//! grows with each fork that is followed by a look, so that data of an ancestor is never taken for
//! one's own.
//!
//! Linux wipes the page at every fork (`MADV_WIPEONFORK`). On other Unixes the number is the
//! process id. Without `processes`, and under Miri, every process counts as the same.

use crate::error::TaskError;

/// The process in which something was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin(u32);

impl Origin {
    /// This process.
    #[inline]
    pub(crate) fn here() -> Self {
        Self(chosen::number())
    }

    /// Whether this is that process, and no child that was forked from it.
    #[inline]
    pub(crate) fn is_here(self) -> bool {
        self == Self::here()
    }
}

/// Why a pool takes no call in a child that was forked from its process.
#[cold]
pub(crate) fn refusal() -> TaskError {
    TaskError::rejected(
        "executor was made before this process was forked, and its workers are the parent's; \
         make one after the fork",
    )
}

#[cfg(all(
    feature = "processes",
    not(miri),
    any(target_os = "linux", target_os = "android")
))]
mod chosen {
    use std::{
        ptr::{null_mut, without_provenance_mut},
        sync::atomic::{AtomicPtr, AtomicU32, Ordering},
    };

    use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

    /// The page with the number of this process; zero in a child that has not looked. Null before
    /// the first look.
    static PAGE: AtomicPtr<AtomicU32> = AtomicPtr::new(null_mut());

    /// The number that was given last, in this process or an ancestor; where no page can be wiped,
    /// the number itself.
    static LAST: AtomicU32 = AtomicU32::new(0);

    #[inline]
    pub(super) fn number() -> u32 {
        // ORDERING: Acquire pairs with the one store of a pointer: the page is mapped.
        let page = PAGE.load(Ordering::Acquire);
        // SAFETY: null, or a page that was mapped for this and is never unmapped, with a number at
        // its beginning.
        let page = unsafe { page.as_ref() };
        // ORDERING: the number alone matters, and within one process it never changes.
        match page.map(|page| page.load(Ordering::Relaxed)) {
            None | Some(0) => number_cold(),
            Some(number) => number,
        }
    }

    #[cold]
    fn number_cold() -> u32 {
        // ORDERING: as in `number`.
        if PAGE.load(Ordering::Acquire).is_null() {
            let fresh = map();
            let set = PAGE.compare_exchange(
                null_mut(),
                fresh,
                // ORDERING: Release shows the mapped page; Acquire sees that of another thread.
                Ordering::AcqRel,
                Ordering::Acquire,
            );
            if set.is_err() && fresh != LAST.as_ptr().cast() {
                // SAFETY: another thread was first, and this page was published to no thread.
                let _ = unsafe { munmap(fresh.cast(), rustix::param::page_size()) };
            }
        }
        // ORDERING: as in `number`.
        let page = PAGE.load(Ordering::Acquire);
        // SAFETY: it was set, to a page that stays mapped, or to the static.
        let page = unsafe { &*page };
        // ORDERING: as in `number`; one of several threads gives the number.
        let next = LAST.load(Ordering::Relaxed) + 1;
        match page.compare_exchange(0, next, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => {
                // ORDERING: as in `number`.
                LAST.store(next, Ordering::Relaxed);
                next
            }
            Err(number) => number,
        }
    }

    /// Maps a page that the kernel wipes in children; the static itself if the system refuses one.
    fn map() -> *mut AtomicU32 {
        let len = rustix::param::page_size();
        let (protection, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE);
        // SAFETY: the system chooses a free place.
        let mapped = unsafe { mmap_anonymous(without_provenance_mut(0), len, protection, flags) };
        let Ok(page) = mapped else {
            return LAST.as_ptr().cast();
        };
        // SAFETY: the page was just mapped, and not published yet.
        match unsafe { madvise(page, len, Advice::LinuxWipeOnFork) } {
            Ok(()) => page.cast(),
            Err(_) => {
                // SAFETY: as above.
                let _ = unsafe { munmap(page, len) };
                LAST.as_ptr().cast()
            }
        }
    }
}

#[cfg(all(
    feature = "processes",
    not(miri),
    unix,
    not(any(target_os = "linux", target_os = "android"))
))]
mod chosen {
    pub(super) fn number() -> u32 {
        std::process::id()
    }
}

#[cfg(not(all(feature = "processes", not(miri), unix)))]
mod chosen {
    #[inline]
    pub(super) fn number() -> u32 {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_of_a_process_are_of_one_origin() {
        let here = Origin::here();

        let there = std::thread::spawn(Origin::here).join().unwrap();

        assert_eq!(here, there);
        assert!(here.is_here());
    }
}
