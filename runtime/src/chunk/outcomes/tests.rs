//! Each value is dropped once, wherever it is when it is not wanted any more.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{super::segment::SlotAllocator, *};

/// How many values live.
#[derive(Clone, Default)]
struct Census(Arc<AtomicUsize>);

/// A value that is counted while it lives, and may refuse to go in peace.
struct Counted {
    census: Census,
    number: usize,
    explodes: bool,
}

impl Census {
    fn value(&self, number: usize) -> Counted {
        self.0.fetch_add(1, Ordering::Relaxed);
        Counted {
            census: self.clone(),
            number,
            explodes: false,
        }
    }

    fn living(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let before = self.census.0.fetch_sub(1, Ordering::Relaxed);
        assert!(before > 0, "more were dropped than were made");
        assert!(!self.explodes, "no peace");
    }
}

/// The outcomes of calls with these numbers; there is a gap at each that is a multiple of ten.
fn outcomes_of(
    census: &Census,
    slots: ChunkSlots<Counted>,
    first: usize,
) -> ChunkOutcomes<Counted> {
    let mut outcomes = ChunkOutcomes::new(slots);
    for number in first..first + outcomes.slots.len() {
        match number % 20 {
            0 => outcomes.push_missing(Some(TaskError::would_deadlock())),
            10 => outcomes.push_missing(None),
            _ => outcomes.push(census.value(number)),
        }
    }
    outcomes
}

fn numbers(values: &[Counted]) -> Vec<usize> {
    values.iter().map(|value| value.number).collect()
}

#[test]
fn outcomes_come_in_order_with_their_gaps() {
    let census = Census::default();

    let outcomes: Vec<_> = outcomes_of(&census, ChunkSlots::standalone(25), 5).collect();

    for (number, outcome) in (5..30).zip(&outcomes) {
        match (number % 20, outcome) {
            (0, Some(Err(_))) | (10, None) => {}
            (_, Some(Ok(value))) => assert_eq!(value.number, number),
            _ => panic!("{number} has another's outcome"),
        }
    }
    assert_eq!((outcomes.len(), census.living()), (25, 23));
    drop(outcomes);
    assert_eq!(census.living(), 0);
}

#[test]
fn what_nobody_took_is_dropped_once() {
    for taken in 0..=25 {
        let census = Census::default();
        let mut outcomes = outcomes_of(&census, ChunkSlots::standalone(25), 5);

        let some: Vec<_> = outcomes.by_ref().take(taken).collect();
        drop(outcomes);

        let kept = some.iter().filter(|outcome| matches!(outcome, Some(Ok(_))));
        assert_eq!(census.living(), kept.count());
    }
}

#[test]
fn what_a_panic_leaves_behind_is_kept_and_the_rest_goes_on() {
    let census = Census::default();
    let mut outcomes = ChunkOutcomes::new(ChunkSlots::standalone(5));
    let mut calls = 0..5;

    while catch_unwind(AssertUnwindSafe(|| {
        outcomes.fill(|| {
            let number = calls.next()?;
            assert_ne!(number, 2);
            Some(census.value(number))
        });
    }))
    .is_err()
    {
        outcomes.push_missing(None);
    }

    assert_eq!((outcomes.decided(), census.living()), (5, 4));
    let outcomes: Vec<_> = outcomes.map(|outcome| outcome.is_some()).collect();
    assert_eq!(outcomes, [true, true, false, true, true]);
    assert_eq!(census.living(), 0);
}

#[test]
fn nothing_is_put_where_there_is_no_room() {
    let census = Census::default();
    let mut outcomes = ChunkOutcomes::new(ChunkSlots::standalone(3));

    outcomes.fill(|| Some(census.value(0)));

    assert_eq!((outcomes.decided(), census.living()), (3, 3));
}

#[test]
fn values_that_panic_when_dropped_take_no_others_with_them() {
    let census = Census::default();
    let mut outcomes = ChunkOutcomes::new(ChunkSlots::standalone(5));
    let bomb = |number| {
        let mut bomb = census.value(number);
        bomb.explodes = true;
        bomb
    };
    outcomes.push(census.value(0));
    outcomes.push(bomb(1));
    outcomes.push(bomb(2));
    outcomes.push_missing(None);
    outcomes.push(census.value(4));

    drop(outcomes);

    assert_eq!(census.living(), 0);
}

/// The chunks of one map that are whole, with these lengths.
fn whole<const N: usize>(
    census: &Census,
    allocator: &mut SlotAllocator<Counted>,
    lens: [usize; N],
) -> [ChunkOutcomes<Counted>; N] {
    let mut first = 0;
    lens.map(|len| {
        let mut chunk = ChunkOutcomes::new(allocator.allocate(len, 0));
        (first..first + len).for_each(|number| chunk.push(census.value(number)));
        first += len;
        chunk
    })
}

#[test]
fn chunks_of_one_segment_become_its_vec_where_they_are() {
    let (census, mut allocator) = (Census::default(), SlotAllocator::new());
    allocator.allocate(0, 10);
    let [mut first, second, third] = whole(&census, &mut allocator, [3, 4, 3]);
    drop(allocator);
    let place = first.slots.slot(0).cast_const();

    assert!(first.join(second).is_ok());
    assert!(first.join(third).is_ok());
    let values = first.into_vec();

    assert_eq!(numbers(&values), Vec::from_iter(0..10));
    assert_eq!(values.as_ptr(), place);
    drop(values);
    assert_eq!(census.living(), 0);
}

#[test]
fn chunks_that_do_not_follow_one_another_are_not_joined() {
    let (census, mut allocator) = (Census::default(), SlotAllocator::new());
    allocator.allocate(0, 10);
    let [mut first, second, third] = whole(&census, &mut allocator, [2, 2, 2]);

    let third = first.join(third).expect_err("the second is between them");
    assert!(first.join(second).is_ok());
    assert!(first.join(third).is_ok());

    assert_eq!(numbers(&first.into_vec()), Vec::from_iter(0..6));
    assert_eq!(census.living(), 0);
}

#[test]
fn a_segment_that_others_write_to_is_not_taken_from_under_them() {
    let (census, mut allocator) = (Census::default(), SlotAllocator::new());
    allocator.allocate(0, 10);
    let [first, mut second] = whole(&census, &mut allocator, [2, 2]);

    let values = first.into_vec();

    assert_eq!(numbers(&values), [0, 1]);
    let mut rest = Vec::new();
    assert_eq!(second.move_run_to(&mut rest), 2);
    assert_eq!(numbers(&rest), [2, 3]);
}

#[test]
fn a_hint_that_cannot_be_true_is_not_believed() {
    let mut allocator = SlotAllocator::<u64>::new();

    let slots = allocator.allocate(3, usize::MAX);

    assert_eq!(slots.len(), 3);
}

#[test]
fn a_hint_that_is_too_low_costs_another_segment() {
    let (census, mut allocator) = (Census::default(), SlotAllocator::new());

    let chunks = whole(&census, &mut allocator, [1; 100]);

    let mut values = Vec::new();
    for mut chunk in chunks {
        chunk.move_run_to(&mut values);
    }
    assert_eq!(numbers(&values), Vec::from_iter(0..100));
}

#[test]
fn values_without_size_are_counted_all_the_same() {
    struct Nothing;
    static LIVING: AtomicUsize = AtomicUsize::new(0);
    impl Drop for Nothing {
        fn drop(&mut self) {
            LIVING.fetch_sub(1, Ordering::Relaxed);
        }
    }
    let mut allocator = SlotAllocator::new();
    let chunk = |slots| {
        let mut chunk = ChunkOutcomes::new(slots);
        chunk.fill(|| {
            LIVING.fetch_add(1, Ordering::Relaxed);
            Some(Nothing)
        });
        chunk
    };
    let (mut first, second) = (
        chunk(allocator.allocate(3, 7)),
        chunk(allocator.allocate(4, 3)),
    );
    drop(allocator);

    assert!(first.join(second).is_ok());
    drop(first.next());
    let values = first.into_vec();

    assert_eq!((values.len(), LIVING.load(Ordering::Relaxed)), (6, 6));
    drop(values);
    assert_eq!(LIVING.load(Ordering::Relaxed), 0);
}

#[test]
fn a_vec_keeps_no_more_memory_than_it_may_need() {
    let mut allocator = SlotAllocator::new();
    let mut chunk = ChunkOutcomes::new(allocator.allocate(10, 1_000_000));
    (0..10).for_each(|number| chunk.push(number));
    drop(allocator);

    let values = chunk.into_vec();

    assert!(values.capacity() < 100);
    assert_eq!(values, Vec::from_iter(0..10));
}
