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
mod first;
#[cfg(all(loom, test))]
mod loom_models;
mod place;

use std::{marker::PhantomData, mem::ManuallyDrop, ptr::NonNull};

use crate::sync::{
    AtomicPtr, AtomicUsize, LineOfItsOwn, Mutex, MutexGuard, Ordering, keep_order, wait_briefly,
};
use block::Block;
use first::{First, Swept};
use place::Place;

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
    tail: LineOfItsOwn<Tail>,
    head: LineOfItsOwn<Head>,
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
    first: Mutex<First>,
    /// A copy of its place, for those who do not lock.
    start: AtomicUsize,
}

// SAFETY: the pointers own what is `Send`, and blocks that are the queue's alone.
unsafe impl<T: Pointer> Send for Queue<T> {}
// SAFETY: as above; what `&Queue` allows is guarded by the lock and by the places.
unsafe impl<T: Pointer> Sync for Queue<T> {}

impl<T: Pointer> Queue<T> {
    pub(crate) fn new() -> Self {
        let block = Block::leak(Place::FIRST);
        let first = Mutex::new(First::new(block));
        Self {
            tail: LineOfItsOwn(Tail {
                end: AtomicUsize::new(Place::FIRST.0),
                block: AtomicPtr::new(block),
            }),
            head: LineOfItsOwn(Head {
                first,
                start: AtomicUsize::new(Place::FIRST.0),
            }),
            items: PhantomData,
        }
    }

    /// Adds what waits longest of all from here on.
    #[inline]
    pub(crate) fn push(&self, item: T) {
        let place = self.tail.0.take_place();
        // ORDERING: Release shows who takes the item what it points to, and the next block
        // if this was the last place.
        place.store(item.into_pointer().as_ptr(), Ordering::Release);
    }

    /// Takes what has waited longest. `None` if there was a moment when nothing waited.
    #[inline]
    pub(crate) fn pop(&self) -> Option<T> {
        self.take(self.head.0.first.lock())
    }

    /// Takes, one after another, what waits now; nothing that comes meanwhile.
    pub(crate) fn pop_all(&self) -> impl Iterator<Item = T> {
        // ORDERING: Acquire pairs with the SeqCst of pushes: all that this thread knows of are before it.
        let end = Place(self.tail.0.end.load(Ordering::Acquire));
        std::iter::from_fn(move || {
            let first = self.head.0.first.lock();
            (end.since(first.place()) > 0).then(|| self.take(first))?
        })
    }

    #[inline]
    fn take(&self, mut first: MutexGuard<'_, First>) -> Option<T> {
        let item = first.item().or_else(|| self.item_to_come(&first))?;
        first.advance();
        self.note_start(&first);
        drop(first);
        // SAFETY: a push wrote it; the place was passed under the lock, so nobody takes it again.
        Some(unsafe { T::from_pointer(item) })
    }

    /// The item of a place that is taken but not written, once it is; `None` if it is not taken.
    #[cold]
    fn item_to_come(&self, first: &First) -> Option<NonNull<()>> {
        // ORDERING: SeqCst, see the module.
        if self.tail.0.end.load(Ordering::SeqCst) == first.place().0 {
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

    fn note_start(&self, first: &First) {
        // ORDERING: Release, for whoever hears from the taker; see `is_empty`.
        let start = first.place().0;
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
    fn take_place(&self) -> &AtomicPtr<()> {
        let mut round = 0;
        loop {
            // ORDERING: Acquire pairs with the Release in `hang_on`, so that the block is that of
            // the place or a later one; and if it is a later one, so is `end`, and the step fails.
            let place = Place(self.end.load(Ordering::Acquire));
            // ORDERING: as above.
            let block = self.block.load(Ordering::Acquire);
            let Some(index) = place.index() else {
                wait_briefly(&mut round);
                continue;
            };
            let fresh = place.is_last().then(|| Block::leak(place.in_next_block()));
            // ORDERING: SeqCst, see the module.
            let step = self.end.compare_exchange(
                place.0,
                place.after().0,
                Ordering::SeqCst,
                Ordering::Relaxed,
            );
            if step.is_ok() {
                keep_order();
                // SAFETY: the place is in this block, and is ours: the block stays until we have written.
                let block = unsafe { &*block };
                block.note_use();
                fresh
                    .into_iter()
                    .for_each(|fresh| self.hang_on(block, place, fresh));
                return block.place(index);
            }
            fresh.into_iter().for_each(|fresh| {
                // SAFETY: nobody has seen it.
                unsafe { Block::free(fresh) };
            });
        }
    }

    /// Makes `fresh` the next block, for who has taken the last place of `block`.
    #[cold]
    fn hang_on(&self, block: &Block, last: Place, fresh: *mut Block) {
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
mod tests {
    use super::{place::PLACES, *};

    impl Pointer for Box<usize> {
        fn into_pointer(self) -> NonNull<()> {
            NonNull::from(Box::leak(self)).cast()
        }

        unsafe fn from_pointer(pointer: NonNull<()>) -> Self {
            // SAFETY: the caller's promise.
            unsafe { Box::from_raw(pointer.cast().as_ptr()) }
        }
    }

    /// So many items that wait, over many blocks.
    const MANY: usize = 20 * PLACES + 7;

    fn queue_of(items: impl IntoIterator<Item = usize>) -> Queue<Box<usize>> {
        let queue = Queue::new();
        items
            .into_iter()
            .for_each(|item| queue.push(Box::new(item)));
        queue
    }

    fn take_all(queue: &Queue<Box<usize>>) -> Vec<usize> {
        std::iter::from_fn(|| queue.pop())
            .map(|item| *item)
            .collect()
    }

    fn count_blocks(queue: &Queue<Box<usize>>) -> usize {
        let first = queue.head.0.first.lock();
        let blocks = std::iter::successors(Some(first.block()), |block| {
            // SAFETY: nobody else uses the queue.
            let next = unsafe { &**block }.next();
            (!next.is_null()).then_some(next)
        });
        blocks.count()
    }

    #[test]
    fn items_come_in_the_order_they_went() {
        let queue = queue_of(0..MANY);

        assert!(take_all(&queue).into_iter().eq(0..MANY));
        assert!(queue.is_empty() && queue.pop().is_none());
    }

    #[test]
    fn what_comes_while_all_is_taken_stays() {
        let queue = queue_of(0..MANY);
        queue.sweep(MANY, |item| **item > 9);

        let taken: Vec<usize> = queue
            .pop_all()
            .inspect(|item| queue.push(Box::new(**item + MANY)))
            .map(|item| *item)
            .collect();

        assert!(taken.into_iter().eq(0..10));
        assert!(take_all(&queue).into_iter().eq(MANY..MANY + 10));
    }

    #[test]
    fn what_is_swept_out_is_given_back_and_the_rest_keeps_its_order() {
        let queue = queue_of(0..MANY);

        let swept = queue.sweep(MANY, |item| **item % 3 != 0);

        assert!(swept.into_iter().all(|item| *item % 3 != 0));
        assert!(
            take_all(&queue)
                .into_iter()
                .eq((0..MANY).filter(|n| n % 3 == 0))
        );
        assert!(queue.is_empty());
    }

    #[test]
    fn blocks_that_hold_nothing_go_between_two_that_do() {
        let queue = queue_of(0..MANY);

        queue.sweep(MANY, |item| **item != 0 && **item != MANY - 1);

        assert_eq!(count_blocks(&queue), 2);
        queue.push(Box::new(MANY));
        assert_eq!(take_all(&queue), [0, MANY - 1, MANY]);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_queue_that_was_swept_empty_is_empty() {
        let queue = queue_of(0..MANY);

        queue.sweep(MANY, |_| true);

        assert!(queue.is_empty() && queue.pop().is_none());
        assert_eq!(count_blocks(&queue), 1);
    }

    #[test]
    fn a_sweep_goes_on_where_the_last_one_came_to() {
        let queue = queue_of(0..MANY);

        let swept: Vec<usize> = (0..MANY)
            .flat_map(|_| queue.sweep(1, |item| **item % 2 == 1))
            .map(|item| *item)
            .collect();

        assert!(swept.into_iter().eq((0..MANY).filter(|n| n % 2 == 1)));
    }

    #[test]
    fn a_sweep_that_was_overtaken_begins_again() {
        let queue = queue_of(0..MANY);
        queue.sweep(PLACES + 3, |_| false);

        (0..3 * PLACES).for_each(|_| drop(queue.pop()));

        let swept = queue.sweep(2, |_| true);
        assert!(
            swept
                .into_iter()
                .map(|item| *item)
                .eq(3 * PLACES..3 * PLACES + 2)
        );
        assert!(take_all(&queue).into_iter().eq(3 * PLACES + 2..MANY));
    }

    #[test]
    fn who_push_and_who_take_at_the_same_time_lose_nothing() {
        const EACH: usize = 20_000;
        let queue = queue_of([]);

        let left = AtomicUsize::new(2 * EACH);
        let push = |half| (0..EACH).for_each(|n| queue.push(Box::new(2 * n + half)));
        let take = || {
            let mut taken = Vec::new();
            while left.load(Ordering::Relaxed) > 0 {
                queue.sweep(1, |_| false);
                let item = queue.pop();
                left.fetch_sub(usize::from(item.is_some()), Ordering::Relaxed);
                taken.extend(item.map(|item| *item));
            }
            taken
        };

        let mut taken = std::thread::scope(|scope| {
            scope.spawn(|| push(0));
            scope.spawn(|| push(1));
            let other = scope.spawn(take);
            let own = take();
            [own, other.join().expect("it does not panic")].concat()
        });

        taken.sort_unstable();
        assert!(taken.into_iter().eq(0..2 * EACH));
    }
}
