//! The values of a `map`, however they come together: all of them, once each, and gone when no
//! caller wants them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use concurrent_futures::{MapOptions, Submit};
use tests::{call, eventually, many};

use crate::{
    fixture::{Fixture, SharedMemory, any},
    tasks::double,
};

/// Inputs that say something of their number, true or not.
struct Saying<I>(I, (usize, Option<usize>));

impl<I: Iterator> Iterator for Saying<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.1
    }
}

/// Every kind of options that changes how results come together.
fn ways() -> Vec<MapOptions> {
    let sizes = [1, 3, 64, 100_000].map(|size| MapOptions::new().chunk_size(size));
    let buffered = sizes.clone().map(|options| options.buffer(70));
    let unordered = sizes.clone().map(MapOptions::unordered);
    let limited = sizes
        .clone()
        .map(|options| options.timeout(tests::DEADLINE));
    let ways = [sizes, buffered, unordered, limited].concat();
    // Under Miri each size and each kind once.
    let stride = if cfg!(miri) { 5 } else { 1 };
    ways.into_iter().step_by(stride).collect()
}

pub(crate) fn a_vec_of_many_results_is_that_of_the_serial_map<F: Fixture>() {
    let pool = any::<F>(2);

    for options in ways() {
        let results = double::map_with(&pool, options.clone(), 0..many(1_000)).unwrap();
        let mut values = results.into_vec().unwrap();

        values.sort_unstable();
        assert_eq!(
            values,
            Vec::from_iter((0..many(1_000)).map(|n| n * 2)),
            "{options:?}"
        );
    }
}

pub(crate) fn results_taken_before_are_not_in_the_vec<F: Fixture>() {
    let pool = any::<F>(2);

    for size in [1, 3, 64, 100_000] {
        let options = MapOptions::new().chunk_size(size);
        let mut results = double::map_with(&pool, options, 0..200).unwrap();
        let first: Vec<_> = results.by_ref().take(70).map(Result::unwrap).collect();

        assert_eq!(first, Vec::from_iter((0..70).map(|n| n * 2)));
        assert_eq!(
            results.into_vec().unwrap(),
            Vec::from_iter((70..200).map(|n| n * 2))
        );
    }
}

pub(crate) fn what_inputs_say_of_their_number_need_not_be_true<F: Fixture>() {
    let (pool, inputs) = (any::<F>(2), many(300));
    let told = [
        (0, None),
        (10, Some(10)),
        (1_000, None),
        (usize::MAX, Some(usize::MAX)),
        (usize::MAX / 16, None),
    ];

    for told in told {
        for options in ways() {
            let saying = Saying(0..inputs, told);
            let results = double::map_with(&pool, options.clone(), saying).unwrap();
            let mut values = results.into_vec().unwrap();

            values.sort_unstable();
            let expected = Vec::from_iter((0..inputs).map(|n| n * 2));
            assert_eq!(values, expected, "{told:?} {options:?}");
        }
    }
}

/// A value that is counted while it lives.
struct Living(Arc<AtomicUsize>);

impl Living {
    fn one_more(living: &Arc<AtomicUsize>) -> Self {
        living.fetch_add(1, Ordering::SeqCst);
        Self(living.clone())
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Maps two hundred calls that make values, but for those that panic, and does something with the
/// results.
#[track_caller]
fn none_is_left<F: SharedMemory>(
    panics: fn(usize) -> bool,
    use_up: fn(concurrent_futures::Map<'_, Living>),
) {
    for options in ways() {
        let (pool, living) = (F::pool(2), Arc::default());
        let calls = (0..200).map(|n| {
            let living = Arc::clone(&living);
            call(move || {
                assert!(!panics(n), "out of paper");
                Living::one_more(&living)
            })
        });

        use_up(pool.map_with(options.clone(), calls).unwrap());
        drop(pool);

        eventually("each value is dropped, and once", || {
            living.load(Ordering::SeqCst) == 0 && Arc::strong_count(&living) == 1
        });
    }
}

pub(crate) fn no_value_of_a_map_is_left_when_its_vec_is_dropped<F: SharedMemory>() {
    none_is_left::<F>(
        |_| false,
        |results| assert_eq!(results.into_vec().unwrap().len(), 200),
    );
}

pub(crate) fn no_value_of_a_map_is_left_when_into_vec_fails<F: SharedMemory>() {
    none_is_left::<F>(
        |n| n == 150,
        |results| drop(results.into_vec().err().unwrap()),
    );
}

pub(crate) fn no_value_of_a_map_is_left_when_it_is_dropped_half_way<F: SharedMemory>() {
    none_is_left::<F>(|n| n % 50 == 7, |mut results| drop(results.nth(100)));
}

pub(crate) fn no_value_of_a_map_is_left_when_nobody_looks<F: SharedMemory>() {
    none_is_left::<F>(|n| n % 50 == 7, |results| drop(results));
}
