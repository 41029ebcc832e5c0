//! The system's allocator, with a count of the bytes that are live.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering::Relaxed};

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Every thread adds and subtracts; read while the workers wait at the gate.
static LIVE_BYTES: AtomicIsize = AtomicIsize::new(0);

/// The bytes that were asked for and not yet given back.
pub(crate) fn live_bytes() -> isize {
    LIVE_BYTES.load(Relaxed)
}

// SAFETY: both methods hand the request to `System` unchanged and return what
// it returns; the rest of the contract is `System`'s, by the default methods.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE_BYTES.fetch_add(layout.size() as isize, Relaxed);
        // SAFETY: our caller promises a layout that is not empty.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE_BYTES.fetch_sub(layout.size() as isize, Relaxed);
        // SAFETY: our caller promises that `alloc` returned `pointer` for
        // this layout, and `alloc` has it from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}
