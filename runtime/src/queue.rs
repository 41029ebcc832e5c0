//! A FIFO queue for many producers and many consumers.
//!
//! ```text
//!     pop()                                            push()
//!       |                                                |
//!       v  under a lock                                  v  one step on one word
//!     [ . . . d e ] --next--> [ f g h i j ] --next--> [ k l m - - ]
//!           `- next to be taken                              `- next slot
//! ```
//!
//! An item is one pointer wide and lies in a linked list of blocks. A push takes the next slot by
//! moving the word `end`, and then writes into the slot; a slot that is taken and not yet written
//! counts as full. The slots of a block are used once, so there is no ABA. A block is freed when
//! its last slot was emptied: by then all pushes with a slot in it have written, and the next block
//! was linked before the last of them wrote, so there is no use after free.
//!
//! Consumers exclude one another by a lock, so that one alone may free a block. An uncontended lock
//! costs no more than other ways to keep blocks alive, such as epochs. Producers and consumers meet
//! only in the slots, and in `end` when the queue runs dry; `end` and the consumers' state lie in
//! cache lines of their own, against false sharing.
//!
//! Stale items can be removed from the middle: their slot becomes a tombstone. A block of
//! tombstones alone is freed, unless it is the first block or still being filled. Order and slots
//! of the other items stay.
//!
//! Nothing here sleeps or wakes. No lost wakeup for those who do: [`push`](Queue::push) before it
//! returns, and [`is_empty`](Queue::is_empty), touch one word with `SeqCst`. A producer pushes and
//! then looks for sleepers; a consumer announces its sleep and then looks here. In the one order of
//! all `SeqCst` operations at least one of the two sees the other (store-load ordering).
//!
//! **Why not a crate's queue**: beside an inbox of `crossbeam-queue`'s `SegQueue`, which cannot
//! remove stale items, `thread-throughput` is 1.6 times as fast on a `ThreadPool` (1.5 to 1.7) and
//! 1.0 on a `WorkStealingPool`; beside `concurrent-queue` 1.4 and 1.1 times. `thread-window` is 1.1
//! to 1.3 times as fast. Measured as in `slab`.

mod block;
mod front;
#[cfg(all(loom, test))]
mod loom_models;
mod position;

use std::{marker::PhantomData, mem::ManuallyDrop, ptr::NonNull};

use crate::sync::{
    AtomicPtr, AtomicUsize, Backoff, CachePadded, Mutex, MutexGuard, Ordering, loom_fence,
};
use block::Block;
use front::{Front, Swept};
use position::Position;

/// An item of a queue: a value that is one pointer wide.
pub(crate) trait Pointer: Send {
    /// Turns the item into a pointer, which owns what the item owned.
    fn into_pointer(self) -> NonNull<()>;

    /// Turns a pointer back into the item.
    ///
    /// # Safety
    ///
    /// The pointer is from `into_pointer` of this type, and turned back once.
    unsafe fn from_pointer(pointer: NonNull<()>) -> Self;
}

/// A FIFO queue for many producers and many consumers; see the module.
pub(crate) struct Queue<T: Pointer> {
    tail: CachePadded<Tail>,
    head: CachePadded<Head>,
    items: PhantomData<fn(T) -> T>,
}

/// The end that producers share.
struct Tail {
    /// The next slot to be taken by a push.
    end: AtomicUsize,
    /// The block of that slot. Written by the push that took the last slot of the block before,
    /// while the gap between the two keeps other pushes away.
    block: AtomicPtr<Block>,
}

/// The end that consumers share.
struct Head {
    first: Mutex<Front>,
    /// A copy of its position, for readers without the lock.
    start: AtomicUsize,
}

// SAFETY: the pointers own items that are `Send`, and blocks that belong to the queue alone.
unsafe impl<T: Pointer> Send for Queue<T> {}
// SAFETY: as above; what `&Queue` allows is guarded by the lock and by the slots.
unsafe impl<T: Pointer> Sync for Queue<T> {}

impl<T: Pointer> Queue<T> {
    pub(crate) fn new() -> Self {
        let block = Block::leak(Position::FIRST);
        let first = Mutex::new(Front::new(block));
        Self {
            tail: CachePadded::new(Tail {
                end: AtomicUsize::new(Position::FIRST.0),
                block: AtomicPtr::new(block),
            }),
            head: CachePadded::new(Head {
                first,
                start: AtomicUsize::new(Position::FIRST.0),
            }),
            items: PhantomData,
        }
    }

    /// Adds an item at the end.
    #[inline]
    pub(crate) fn push(&self, item: T) {
        let position = self.tail.take_slot();
        // ORDERING: Release publishes to the consumer what the item points to, and the next block
        // if this was the last slot.
        position.store(item.into_pointer().as_ptr(), Ordering::Release);
    }

    /// Takes the oldest item. `None` if there was a moment when the queue was empty.
    #[inline]
    pub(crate) fn pop(&self) -> Option<T> {
        self.take(self.head.first.lock())
    }

    /// Takes the items that are in the queue now, one after another; none that is added meanwhile.
    pub(crate) fn pop_all(&self) -> impl Iterator<Item = T> {
        // ORDERING: Acquire pairs with the SeqCst of pushes: all pushes that happen before this
        // call are counted.
        let end = Position(self.tail.end.load(Ordering::Acquire));
        std::iter::from_fn(move || {
            let first = self.head.first.lock();
            (end.since(first.position()) > 0).then(|| self.take(first))?
        })
    }

    #[inline]
    fn take(&self, mut first: MutexGuard<'_, Front>) -> Option<T> {
        let item = first.item().or_else(|| self.item_to_come(&first))?;
        first.advance();
        self.note_start(&first);
        drop(first);
        // SAFETY: a push wrote it; the slot was passed under the lock, so it is not taken again.
        Some(unsafe { T::from_pointer(item) })
    }

    /// Waits for the item of a slot that is taken but not written; `None` if the slot is not taken.
    #[cold]
    fn item_to_come(&self, first: &Front) -> Option<NonNull<()>> {
        // ORDERING: SeqCst, see the module.
        if self.tail.end.load(Ordering::SeqCst) == first.position().0 {
            return None;
        }
        let backoff = Backoff::new();
        loop {
            if let Some(item) = first.item() {
                return Some(item);
            }
            backoff.snooze();
        }
    }

    /// Looks at up to `looks` more items, from where the last sweep ended, and removes the stale
    /// ones.
    ///
    /// Past the newest item it begins again with the oldest. Calls `is_gone` under the lock.
    pub(crate) fn sweep(&self, looks: usize, is_gone: impl Fn(&T) -> bool) -> Vec<T> {
        let mut swept = Vec::new();
        let mut first = self.head.first.lock();
        for _ in 0..looks {
            // SAFETY: a push wrote it, and it is in the queue; `ManuallyDrop` keeps the borrowed
            // item from being dropped.
            let is_gone = |item| is_gone(&ManuallyDrop::new(unsafe { T::from_pointer(item) }));
            match first.sweep_next(is_gone) {
                // SAFETY: its slot is a tombstone, so it is not taken again.
                Swept::Gone(item) => swept.push(unsafe { T::from_pointer(item) }),
                Swept::Passed => {}
                Swept::AtEnd => break,
            }
        }
        first.skip_gone();
        self.note_start(&first);
        swept
    }

    /// Whether the queue has more than `number` items that are not stale. Calls `is_gone` under the
    /// lock.
    pub(crate) fn has_more_than(&self, number: usize, is_gone: impl Fn(&T) -> bool) -> bool {
        // ORDERING: Acquire pairs with the Release in `note_start`.
        let start = Position(self.head.start.load(Ordering::Acquire));
        // ORDERING: SeqCst, see the module.
        let slots = Position(self.tail.end.load(Ordering::SeqCst)).since(start);
        slots > number && self.count_up_to(number + 1, is_gone) > number
    }

    /// The number of items that are not stale. Calls `is_gone` under the lock.
    pub(crate) fn count(&self, is_gone: impl Fn(&T) -> bool) -> usize {
        self.count_up_to(usize::MAX, is_gone)
    }

    /// As [`count`](Self::count), up to `most`.
    fn count_up_to(&self, most: usize, is_gone: impl Fn(&T) -> bool) -> usize {
        let first = self.head.first.lock();
        // ORDERING: SeqCst, see the module.
        let end = Position(self.tail.end.load(Ordering::SeqCst));
        first.count(most, end, |item| {
            // SAFETY: a push wrote it, and it is in the queue; `ManuallyDrop` keeps the borrowed
            // item from being dropped.
            is_gone(&ManuallyDrop::new(unsafe { T::from_pointer(item) }))
        })
    }

    fn note_start(&self, first: &Front) {
        // ORDERING: Release pairs with the Acquire in `is_empty` and `has_more_than`.
        let start = first.position().0;
        self.head.start.store(start, Ordering::Release);
    }

    /// Whether the queue is empty. An item that is taken meanwhile may still be counted.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `note_start`: all pops that happen before
        // this call are counted. SeqCst for `end`, see the module.
        let start = self.head.start.load(Ordering::Acquire);
        self.tail.end.load(Ordering::SeqCst) == start
    }
}

impl Tail {
    /// Takes the next slot, which the caller then writes.
    #[inline]
    fn take_slot(&self) -> &AtomicPtr<()> {
        let backoff = Backoff::new();
        loop {
            // ORDERING: Acquire pairs with the Release in `link`, so that the block is that of the
            // position or a later one. If it is a later one, `end` has moved too, and the exchange
            // fails.
            let position = Position(self.end.load(Ordering::Acquire));
            // ORDERING: as above.
            let block = self.block.load(Ordering::Acquire);
            let Some(index) = position.index() else {
                backoff.snooze();
                continue;
            };
            let fresh = position
                .is_last()
                .then(|| Block::leak(position.in_next_block()));
            // ORDERING: SeqCst, see the module.
            let step = self.end.compare_exchange(
                position.0,
                position.after().0,
                Ordering::SeqCst,
                Ordering::Relaxed,
            );
            if step.is_ok() {
                loom_fence();
                // SAFETY: the slot is in this block, and ours: the block is not freed before we
                // have written.
                let block = unsafe { &*block };
                block.note_use();
                if let Some(fresh) = fresh {
                    self.link(block, position, fresh);
                }
                return block.slot(index);
            }
            if let Some(fresh) = fresh {
                // SAFETY: no other thread has seen it.
                unsafe { Block::free(fresh) };
            }
        }
    }

    /// Makes `fresh` the next block, for the push that has taken the last slot of `block`.
    #[cold]
    fn link(&self, block: &Block, last: Position, fresh: *mut Block) {
        block.set_next(fresh);
        // ORDERING: Release pairs with the Acquire in `take_slot`.
        self.block.store(fresh, Ordering::Release);
        // ORDERING: as above.
        self.end.store(last.in_next_block().0, Ordering::Release);
    }
}

impl<T: Pointer> Drop for Queue<T> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
        let last = self.head.first.lock().block();
        // SAFETY: the queue is being dropped, and was the only way to the block.
        unsafe { Block::free(last) };
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
