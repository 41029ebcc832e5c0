//! A block of places, and the way to the next.

use std::ptr;

use super::position::{Position, SLOTS};
use crate::sync::{AtomicPtr, Ordering, Tracker};

/// In place of an item that was swept out. No item lies there.
pub(super) const TOMBSTONE: *mut () = ptr::without_provenance_mut(1);

pub(super) struct Block {
    /// The number of its first place.
    start: Position,
    /// Null until the last place is taken.
    next: AtomicPtr<Block>,
    /// Null until it is written; then an item, or [`TOMBSTONE`].
    slots: [AtomicPtr<()>; SLOTS],
    tracker: Tracker,
}

impl Block {
    /// An empty block, to be given to [`free`](Self::free) one day.
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
    /// It is from `leak`, and nobody looks at it again.
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

    /// The block that follows one whose last place was seen written.
    pub(super) fn next(&self) -> *mut Self {
        // ORDERING: shown by what is in the last place.
        self.next.load(Ordering::Relaxed)
    }

    /// For who has the last place and has not written it, and under the lock for all places written.
    pub(super) fn set_next(&self, next: *mut Self) {
        // ORDERING: shown by the write into the last place, which is still to come, or by the lock.
        self.next.store(next, Ordering::Relaxed);
    }

    /// Has loom tell if the block goes while somebody is here.
    #[inline]
    pub(super) fn note_use(&self) {
        self.tracker.read();
    }
}
