//! The order of what goes through a queue, and what a sweep takes out of it.

use super::{position::SLOTS, *};

impl Pointer for Box<usize> {
    fn into_pointer(self) -> NonNull<()> {
        NonNull::from(Box::leak(self)).cast()
    }

    unsafe fn from_pointer(pointer: NonNull<()>) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Box::from_raw(pointer.cast().as_ptr()) }
    }
}

/// A number of items that fills many blocks.
const MANY: usize = 20 * SLOTS + 7;

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
    let first = queue.head.first.lock();
    let blocks = std::iter::successors(Some(first.block()), |block| {
        // SAFETY: no other thread uses the queue.
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
    queue.sweep(SLOTS + 3, |_| false);

    (0..3 * SLOTS).for_each(|_| drop(queue.pop()));

    let swept = queue.sweep(2, |_| true);
    assert!(
        swept
            .into_iter()
            .map(|item| *item)
            .eq(3 * SLOTS..3 * SLOTS + 2)
    );
    assert!(take_all(&queue).into_iter().eq(3 * SLOTS + 2..MANY));
}

#[test]
fn who_push_and_who_take_at_the_same_time_lose_nothing() {
    const EACH: usize = if cfg!(miri) { 200 } else { 20_000 };
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
