//! First in, first out, from any thread to any thread.
//!
//! ```text
//!     pop()                                            push()
//!       |                                                |
//!       v  under a lock                                  v  one step on one word
//!     [ . . . d e ] --next--> [ f g h i j ] --next--> [ k l m - - ]
//!           `- next to be taken                              `- next place
//! ```
//!
//! What waits is one pointer wide and lies in a chain of blocks. A push takes the next place
//! by moving the word `end`, and then writes into it; a place that is taken and not yet
//! written counts as full. The places of a block are used once: it goes when its last one
//! was emptied, and by then nobody will touch it, since all who had a place in it have
//! written, and the next block was hung on before the last of them wrote.
//!
//! Takers lock one another out, so that there is no more than one who might free a block. A lock
//! that nobody waits for costs no more than what else would keep blocks alive. Those who push
//! and those who take meet in the places alone, and in `end` when the queue runs dry.
//!
//! What waits for nothing any more can be swept out of the middle: its place is marked, and a block that
//! holds marks alone goes, unless it is the first one, or one that is still filled. Order and places stay.
//!
//! Nothing here sleeps or wakes. For those who do: [`push`](Queue::push), before it returns, and
//! [`is_empty`](Queue::is_empty) touch one word in the one order of all `SeqCst` operations.
//! Who pushes, then looks whether somebody sleeps, and who says that he is about to, then looks here, cannot both look in vain.

mod block;
mod front;
#[cfg(all(loom, test))]
mod loom_models;
mod position;

use std::{marker::PhantomData, mem::ManuallyDrop, ptr::NonNull};

use crate::sync::{
    AtomicPtr, AtomicUsize, CachePadded, Mutex, MutexGuard, Ordering, loom_fence, wait_briefly,
};
use block::Block;
use front::{Front, Swept};
use position::Position;

/// What can wait in a queue: something that is one pointer wide.
pub(crate) trait Pointer: Send {
    /// Turns it into a pointer, which owns what it owned.
    fn into_pointer(self) -> NonNull<()>;

    /// Turns it back.
    ///
    /// # Safety
    ///
    /// The pointer is from `into_pointer` of this type, and turned back once.
    unsafe fn from_pointer(pointer: NonNull<()>) -> Self;
}

/// See the module.
pub(crate) struct Queue<T: Pointer> {
    tail: CachePadded<Tail>,
    head: CachePadded<Head>,
    items: PhantomData<fn(T) -> T>,
}

/// What those who push share.
struct Tail {
    /// The next place to be taken by a push.
    end: AtomicUsize,
    /// The block that it is in. Written by who took the last place of the block before,
    /// while the place between the two keeps others away.
    block: AtomicPtr<Block>,
}

/// What those who take share.
struct Head {
    first: Mutex<Front>,
    /// A copy of its place, for those who do not lock.
    start: AtomicUsize,
}

// SAFETY: the pointers own what is `Send`, and blocks that are the queue's alone.
unsafe impl<T: Pointer> Send for Queue<T> {}
// SAFETY: as above; what `&Queue` allows is guarded by the lock and by the places.
unsafe impl<T: Pointer> Sync for Queue<T> {}

impl<T: Pointer> Queue<T> {
    pub(crate) fn new() -> Self {
        let block = Block::leak(Position::FIRST);
        let first = Mutex::new(Front::new(block));
        Self {
            tail: CachePadded(Tail {
                end: AtomicUsize::new(Position::FIRST.0),
                block: AtomicPtr::new(block),
            }),
            head: CachePadded(Head {
                first,
                start: AtomicUsize::new(Position::FIRST.0),
            }),
            items: PhantomData,
        }
    }

    /// Adds what waits longest of all from here on.
    #[inline]
    pub(crate) fn push(&self, item: T) {
        let position = self.tail.0.take_slot();
        // ORDERING: Release shows who takes the item what it points to, and the next block
        // if this was the last place.
        position.store(item.into_pointer().as_ptr(), Ordering::Release);
    }

    /// Takes what has waited longest. `None` if there was a moment when nothing waited.
    #[inline]
    pub(crate) fn pop(&self) -> Option<T> {
        self.take(self.head.0.first.lock())
    }

    /// Takes, one after another, what waits now; nothing that comes meanwhile.
    pub(crate) fn pop_all(&self) -> impl Iterator<Item = T> {
        // ORDERING: Acquire pairs with the SeqCst of pushes: all that this thread knows of are before it.
        let end = Position(self.tail.0.end.load(Ordering::Acquire));
        std::iter::from_fn(move || {
            let first = self.head.0.first.lock();
            (end.since(first.position()) > 0).then(|| self.take(first))?
        })
    }

    #[inline]
    fn take(&self, mut first: MutexGuard<'_, Front>) -> Option<T> {
        let item = first.item().or_else(|| self.item_to_come(&first))?;
        first.advance();
        self.note_start(&first);
        drop(first);
        // SAFETY: a push wrote it; the place was passed under the lock, so nobody takes it again.
        Some(unsafe { T::from_pointer(item) })
    }

    /// The item of a place that is taken but not written, once it is; `None` if it is not taken.
    #[cold]
    fn item_to_come(&self, first: &Front) -> Option<NonNull<()>> {
        // ORDERING: SeqCst, see the module.
        if self.tail.0.end.load(Ordering::SeqCst) == first.position().0 {
            return None;
        }
        let mut round = 0;
        loop {
            if let Some(item) = first.item() {
                return Some(item);
            }
            wait_briefly(&mut round);
        }
    }

    /// Looks at some more items, from where the last sweep came to, and takes out those that are gone.
    ///
    /// Past the newest it begins again with the oldest. `is_gone` is asked under the lock.
    pub(crate) fn sweep(&self, looks: usize, is_gone: impl Fn(&T) -> bool) -> Vec<T> {
        let mut swept = Vec::new();
        let mut first = self.head.0.first.lock();
        for _ in 0..looks {
            // SAFETY: a push wrote it, and it waits; what is borrowed is not dropped.
            let is_gone = |item| is_gone(&ManuallyDrop::new(unsafe { T::from_pointer(item) }));
            match first.sweep_next(is_gone) {
                // SAFETY: its place is marked, so nobody takes it again.
                Swept::Gone(item) => swept.push(unsafe { T::from_pointer(item) }),
                Swept::Passed => {}
                Swept::AtEnd => break,
            }
        }
        first.skip_gone();
        self.note_start(&first);
        swept
    }

    /// Whether more than `number` items wait that are not gone. `is_gone` is asked under the lock.
    pub(crate) fn has_more_than(&self, number: usize, is_gone: impl Fn(&T) -> bool) -> bool {
        // ORDERING: Acquire pairs with the Release in `note_start`.
        let start = Position(self.head.0.start.load(Ordering::Acquire));
        // ORDERING: SeqCst, see the module.
        let slots = Position(self.tail.0.end.load(Ordering::SeqCst)).since(start);
        slots > number && self.count_up_to(number + 1, is_gone) > number
    }

    /// How many items wait that are not gone; `is_gone` is asked under the lock.
    pub(crate) fn count(&self, is_gone: impl Fn(&T) -> bool) -> usize {
        self.count_up_to(usize::MAX, is_gone)
    }

    /// Counting ends at `most`.
    fn count_up_to(&self, most: usize, is_gone: impl Fn(&T) -> bool) -> usize {
        let first = self.head.0.first.lock();
        // ORDERING: SeqCst, see the module.
        let end = Position(self.tail.0.end.load(Ordering::SeqCst));
        first.count(most, end, |item| {
            // SAFETY: a push wrote it, and it waits; what is borrowed is not dropped.
            is_gone(&ManuallyDrop::new(unsafe { T::from_pointer(item) }))
        })
    }

    fn note_start(&self, first: &Front) {
        // ORDERING: Release, for whoever hears from the taker; see `is_empty`.
        let start = first.position().0;
        self.head.0.start.store(start, Ordering::Release);
    }

    /// Whether nothing waits. What was taken meanwhile may still be counted.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `pop`: no later than anything that this
        // thread knows of. SeqCst, see the module.
        let start = self.head.0.start.load(Ordering::Acquire);
        self.tail.0.end.load(Ordering::SeqCst) == start
    }
}

impl Tail {
    /// Takes the next place, which the caller then writes.
    #[inline]
    fn take_slot(&self) -> &AtomicPtr<()> {
        let mut round = 0;
        loop {
            // ORDERING: Acquire pairs with the Release in `hang_on`, so that the block is that of
            // the place or a later one; and if it is a later one, so is `end`, and the step fails.
            let position = Position(self.end.load(Ordering::Acquire));
            // ORDERING: as above.
            let block = self.block.load(Ordering::Acquire);
            let Some(index) = position.index() else {
                wait_briefly(&mut round);
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
                // SAFETY: the place is in this block, and is ours: the block stays until we have written.
                let block = unsafe { &*block };
                block.note_use();
                fresh
                    .into_iter()
                    .for_each(|fresh| self.hang_on(block, position, fresh));
                return block.slot(index);
            }
            fresh.into_iter().for_each(|fresh| {
                // SAFETY: nobody has seen it.
                unsafe { Block::free(fresh) };
            });
        }
    }

    /// Makes `fresh` the next block, for who has taken the last place of `block`.
    #[cold]
    fn hang_on(&self, block: &Block, last: Position, fresh: *mut Block) {
        block.set_next(fresh);
        // ORDERING: Release pairs with the Acquire in `take_place`.
        self.block.store(fresh, Ordering::Release);
        // ORDERING: as above.
        self.end.store(last.in_next_block().0, Ordering::Release);
    }
}

impl<T: Pointer> Drop for Queue<T> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
        let last = self.head.0.first.lock().block();
        // SAFETY: the queue was the only way to it.
        unsafe { Block::free(last) };
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
