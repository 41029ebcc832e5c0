//! What the iterators say of the number of items that are left.

use std::iter;

use concurrent_futures::{Failure, MapOptions, TryResults, as_completed, task};
use tests::DEADLINE;

use crate::{
    fixture::{Fixture, any},
    tasks::{double, parse, stumble},
};

/// Returns an `Err` for 3, and panics at 7.
#[task]
fn picky(n: u64) -> Result<u64, String> {
    assert!(n != 7, "seven");
    if n == 3 {
        Err("three".to_owned())
    } else {
        Ok(n)
    }
}

/// The iterator yields `count` items, says so before each, and then ends for good.
#[track_caller]
fn assert_counts_down(mut items: impl Iterator, count: usize) {
    for left in (1..=count).rev() {
        assert_eq!(items.size_hint(), (left, Some(left)));
        assert!(items.next().is_some());
    }
    assert_eq!(items.size_hint(), (0, Some(0)));
    assert!(items.next().is_none());
    assert!(items.next().is_none(), "after its end");
}

pub(crate) fn a_map_says_how_many_results_are_left<F: Fixture>() {
    let pool = any::<F>(2);

    assert_counts_down(stumble::map(&pool, 0..20), 20);
    assert_counts_down(stumble::map(&pool, []), 0);
    for chunk in [1, 3, 100] {
        let options = MapOptions::new().chunk_size(chunk);
        let unordered = options.clone().unordered();
        let results = stumble::map_with(&pool, options, 0..20).unwrap();
        let in_any_order = stumble::map_with(&pool, unordered, 0..20).unwrap();

        assert_counts_down(results, 20);
        assert_counts_down(in_any_order, 20);
    }
}

pub(crate) fn a_map_behind_a_buffer_adds_what_its_inputs_say<F: Fixture>() {
    let pool = any::<F>(2);
    let options = || MapOptions::new().buffer(5);

    let exact = double::map_with(&pool, options(), 0..20).unwrap();
    let some = double::map_with(&pool, options(), (0..20).filter(|n| n % 2 == 0)).unwrap();
    let endless = double::map_with(&pool, options(), 0..).unwrap();

    assert_counts_down(exact, 20);
    // The filter was asked for 0, 2, 4, 6 and 8, so 11 numbers are left to it.
    assert_eq!(some.size_hint(), (5, Some(16)));
    assert_eq!(some.count(), 10);
    assert_eq!(endless.size_hint(), (usize::MAX, None));
}

pub(crate) fn a_map_with_a_time_limit_promises_one_item<F: Fixture>() {
    let pool = any::<F>(2);
    let options = MapOptions::new().timeout(DEADLINE);

    let mut results = double::map_with(&pool, options, 0..3).unwrap();
    let before = results.size_hint();
    let count = results.by_ref().count();

    assert_eq!((before, count), ((1, Some(3)), 3));
    assert_eq!(results.size_hint(), (0, Some(0)));
}

pub(crate) fn a_refused_map_says_that_one_error_is_left<F: Fixture>() {
    let pool = any::<F>(1);

    assert_counts_down(double::map(&pool, iter::repeat(1)), 1);
}

pub(crate) fn flat_results_are_as_many_as_those_of_the_map<F: Fixture>() {
    let pool = any::<F>(2);

    let results: TryResults<'static, u64, String> =
        parse::map(&pool, ["1", "x", "3"].map(String::from)).try_results();

    assert_counts_down(results, 3);
}

pub(crate) fn try_into_vec_gives_the_values<F: Fixture>() {
    let pool = any::<F>(2);

    let values = picky::map(&pool, 10..20).try_into_vec();

    assert_eq!(values.unwrap(), Vec::from_iter(10..20));
}

pub(crate) fn try_into_vec_gives_the_first_failure_in_order<F: Fixture>() {
    let pool = any::<F>(2);

    let returned = picky::map(&pool, 0..10).try_into_vec().unwrap_err();
    let panicked = picky::map(&pool, 4..10).try_into_vec().unwrap_err();

    assert!(matches!(returned, Failure::Returned(error) if error == "three"));
    assert!(matches!(panicked, Failure::Task(error) if error.message() == Some("seven")));
}

pub(crate) fn as_completed_says_how_many_futures_are_left<F: Fixture>() {
    let pool = any::<F>(2);
    let futures: Vec<_> = (0..3).map(|n| double::submit(&pool, n)).collect();

    let mut completed = as_completed(&futures);

    assert_eq!(completed.len(), 3);
    completed.next();
    completed.add(&futures[0]);
    let left = completed.len();
    assert_counts_down(completed, left);
}

pub(crate) fn as_completed_with_a_time_limit_promises_one_item<F: Fixture>() {
    let pool = any::<F>(2);
    let futures: Vec<_> = (0..3).map(|n| double::submit(&pool, n)).collect();

    let mut completed = as_completed(&futures).timeout(DEADLINE);
    let before = completed.size_hint();
    let count = completed.by_ref().count();

    assert_eq!((before, count), ((1, Some(3)), 3));
    assert_eq!(completed.size_hint(), (0, Some(0)));
}
