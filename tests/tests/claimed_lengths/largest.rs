//! The system's allocator, with an eye on the largest request.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

struct Watching;

#[global_allocator]
static ALLOCATOR: Watching = Watching;

static LARGEST: AtomicUsize = AtomicUsize::new(0);

/// The largest number of bytes that was asked for since [`forget`].
pub(crate) fn largest_request() -> usize {
    LARGEST.load(Relaxed)
}

/// Starts anew.
pub(crate) fn forget() {
    LARGEST.store(0, Relaxed);
}

// SAFETY: each method hands the request to `System` unchanged and returns what
// it returns; the rest of the contract is `System`'s.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Relaxed);
        // SAFETY: our caller promises a layout that is not empty.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Relaxed);
        // SAFETY: as for `alloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LARGEST.fetch_max(size, Relaxed);
        // SAFETY: our caller promises that `pointer` is of this allocator and
        // layout, and it has it from `System`.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as for `realloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}
