//! A block of slots, and the link to the next block.

use std::ptr;

use super::position::{Position, SLOTS};
use crate::sync::{AtomicPtr, Ordering, Tracker};

/// A tombstone, in place of an item that was swept out. No item has this address.
pub(super) const TOMBSTONE: *mut () = ptr::without_provenance_mut(1);

pub(super) struct Block {
    /// The position of its first slot.
    start: Position,
    /// Null until the last slot is taken.
    next: AtomicPtr<Block>,
    /// Each is null until it is written; then an item, or [`TOMBSTONE`].
    slots: [AtomicPtr<()>; SLOTS],
    tracker: Tracker,
}

impl Block {
    /// An empty block, to be freed by [`free`](Self::free).
    pub(super) fn leak(start: Position) -> *mut Self {
        Box::into_raw(Box::new(Self {
            start,
            next: AtomicPtr::new(ptr::null_mut()),
            slots: std::array::from_fn(|_| AtomicPtr::new(ptr::null_mut())),
            tracker: Tracker::default(),
        }))
    }

    /// Frees a block.
    ///
    /// # Safety
    ///
    /// It is from `leak`, and not used again.
    pub(super) unsafe fn free(this: *mut Self) {
        // SAFETY: the caller's promise.
        let block = unsafe { Box::from_raw(this) };
        block.tracker.write();
    }

    pub(super) fn start(&self) -> Position {
        self.start
    }

    #[inline]
    pub(super) fn slot(&self, index: usize) -> &AtomicPtr<()> {
        &self.slots[index]
    }

    /// The next block. Call it only after the last slot was seen written.
    pub(super) fn next(&self) -> *mut Self {
        // ORDERING: published by the write into the last slot, which the caller has seen.
        self.next.load(Ordering::Relaxed)
    }

    /// For the push that has the last slot and has not written it; and for a sweep, under the lock,
    /// once all slots are written.
    pub(super) fn set_next(&self, next: *mut Self) {
        // ORDERING: published by the write into the last slot, which is still to come, or by the
        // lock.
        self.next.store(next, Ordering::Relaxed);
    }

    /// Makes loom report a block that is freed while a thread uses it.
    #[inline]
    pub(super) fn note_use(&self) {
        self.tracker.read();
    }
}
