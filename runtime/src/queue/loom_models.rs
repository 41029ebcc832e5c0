//! Every interleaving of producers and consumers.
//!
//! Run by `tests/run loom`. A block has one slot here, so that each push links a block and each pop
//! frees one. Loom reports races on blocks (through their trackers) and on items, and items that
//! leak.

use std::ptr::NonNull;

use loom::{cell::UnsafeCell, sync::Arc, thread};

use super::{Pointer, Queue};
use crate::sync::{AtomicUsize, Ordering, loom_fence};

/// An item that loom watches: written by the producer, read by the consumer.
struct TrackedItem(Box<(UnsafeCell<u32>, Arc<()>)>);

impl TrackedItem {
    fn new(number: u32) -> Self {
        let cell = UnsafeCell::new(0);
        // SAFETY: no other thread has it yet.
        cell.with_mut(|position| unsafe { *position = number });
        Self(Box::new((cell, Arc::new(()))))
    }

    fn number(&self) -> u32 {
        // SAFETY: loom reports a write meanwhile.
        self.0.0.with(|position| unsafe { *position })
    }
}

impl Pointer for TrackedItem {
    fn into_pointer(self) -> NonNull<()> {
        NonNull::from(Box::leak(self.0)).cast()
    }

    unsafe fn from_pointer(pointer: NonNull<()>) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { Box::from_raw(pointer.cast().as_ptr()) })
    }
}

fn model(body: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(body);
}

fn push_all(queue: &Queue<TrackedItem>, numbers: [u32; 2]) {
    numbers
        .into_iter()
        .for_each(|number| queue.push(TrackedItem::new(number)));
}

/// What can be taken now.
fn take_all(queue: &Queue<TrackedItem>) -> Vec<u32> {
    std::iter::from_fn(|| queue.pop())
        .map(|item| item.number())
        .collect()
}

fn of_ten(numbers: &[u32], ten: u32) -> Vec<u32> {
    let mine = numbers.iter().filter(|number| **number / 10 == ten);
    mine.copied().collect()
}

#[test]
fn two_who_push_lose_nothing_and_keep_their_order() {
    model(|| {
        let queue = Arc::new(Queue::new());
        let other = queue.clone();
        let pushing = thread::spawn(move || push_all(&other, [10, 11]));

        push_all(&queue, [20, 21]);
        pushing.join().expect("it does not panic");

        let taken = take_all(&queue);
        assert_eq!(taken.len(), 4);
        assert_eq!(of_ten(&taken, 1), [10, 11]);
        assert_eq!(of_ten(&taken, 2), [20, 21]);
        assert!(queue.is_empty());
    });
}

#[test]
fn who_takes_beside_a_push_takes_in_order() {
    model(|| {
        let queue = Arc::new(Queue::new());
        let other = queue.clone();
        let pushing = thread::spawn(move || push_all(&other, [10, 11]));

        let mut taken = take_all(&queue);
        pushing.join().expect("it does not panic");
        taken.extend(take_all(&queue));

        assert_eq!(taken, [10, 11]);
    });
}

#[test]
fn two_who_take_share_out_what_is_there() {
    model(|| {
        let queue = Arc::new(Queue::new());
        push_all(&queue, [10, 11]);
        let other = queue.clone();
        let taking = thread::spawn(move || take_all(&other));

        let own = take_all(&queue);
        let others = taking.join().expect("it does not panic");

        let mut all = [own.as_slice(), &others].concat();
        assert!(own.is_sorted() && others.is_sorted());
        all.sort_unstable();
        assert_eq!(all, [10, 11]);
    });
}

#[test]
fn one_who_pushes_and_two_who_take_share_out_what_comes() {
    model(|| {
        let queue = Arc::new(Queue::new());
        let (one, two) = (queue.clone(), queue.clone());
        let pushing = thread::spawn(move || push_all(&one, [10, 11]));
        let taking = thread::spawn(move || two.pop().map(|item| item.number()));

        let mut taken: Vec<u32> = queue.pop().iter().map(TrackedItem::number).collect();
        pushing.join().expect("it does not panic");
        taken.extend(taking.join().expect("it does not panic"));
        taken.extend(take_all(&queue));

        taken.sort_unstable();
        assert_eq!(taken, [10, 11]);
    });
}

#[test]
fn a_sweep_beside_pushes_and_takes_loses_nothing_else() {
    model(|| {
        let queue = Arc::new(Queue::new());
        queue.push(TrackedItem::new(10));
        let (one, two) = (queue.clone(), queue.clone());
        let pushing = thread::spawn(move || push_all(&one, [11, 12]));
        let sweeping = thread::spawn(move || two.sweep(4, |item| item.number() == 11).len());

        let mut taken: Vec<u32> = queue.pop().iter().map(TrackedItem::number).collect();
        pushing.join().expect("it does not panic");
        let swept = sweeping.join().expect("it does not panic");
        taken.extend(take_all(&queue));

        let all: &[u32] = if swept == 1 { &[10, 12] } else { &[10, 11, 12] };
        assert_eq!(taken, all);
        assert!(queue.is_empty());
    });
}

#[test]
fn who_pushes_sees_a_sleeper_or_is_seen() {
    model(|| {
        let queue = Arc::new(Queue::new());
        let sleeps = Arc::new(AtomicUsize::new(0));
        let (others, asked) = (queue.clone(), sleeps.clone());
        let pushing = thread::spawn(move || {
            others.push(TrackedItem::new(10));
            asked.load(Ordering::SeqCst) == 1
        });

        sleeps.store(1, Ordering::SeqCst);
        loom_fence();
        let is_there = queue.pop().is_some();

        let sees_sleeper = pushing.join().expect("it does not panic");
        assert!(is_there || sees_sleeper);
    });
}

#[test]
fn what_waits_goes_with_the_queue() {
    model(|| {
        let queue = Arc::new(Queue::new());
        let other = queue.clone();
        let pushing = thread::spawn(move || push_all(&other, [10, 11]));

        drop(queue);

        pushing.join().expect("it does not panic");
    });
}
