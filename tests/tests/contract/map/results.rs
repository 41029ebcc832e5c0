//! `map`: the results of the serial map, in its order, whatever becomes of single items.

use std::time::Duration;

use concurrent_futures::{MapError, MapOptions, Submit, task};
use tests::{
    Gate, Soon, Tally, call,
    far::{self, busy},
    many,
};

use crate::{
    fixture::{Fixture, LocalWorkers, Workers, any},
    tasks::{add, answer, double, note, parse, stumble},
};

pub(crate) fn map_equals_the_serial_map<F: Fixture>() {
    let pool = any::<F>(2);

    let results = double::map(&pool, 0..many(1_000));

    assert!(
        results
            .map(Result::unwrap)
            .eq((0..many(1_000)).map(|n| n * 2))
    );
}

pub(crate) fn map_equals_the_serial_map_for_every_chunk_size<F: Fixture>() {
    let pool = any::<F>(2);

    for size in [1, 2, 3, 9, 10, 11, 1_000, usize::MAX] {
        let results = double::map_with(&pool, MapOptions::new().chunk_size(size), 0..10).unwrap();

        assert_eq!(
            results.into_vec().unwrap(),
            Vec::from_iter((0..10).map(|n| n * 2)),
            "chunks of {size}"
        );
    }
}

pub(crate) fn any_buffer_gives_the_same_results<F: Fixture>() {
    let pool = any::<F>(2);

    for buffer in [1, 2, 3, 9, 10, 11, 1_000, usize::MAX] {
        for chunk in [1, 3, 1_000] {
            let options = MapOptions::new().buffer(buffer).chunk_size(chunk);
            let results = double::map_with(&pool, options, 0..10).unwrap();

            assert!(
                results.map(Result::unwrap).eq((0..10).map(|n| n * 2)),
                "{chunk} of {buffer}"
            );
        }
    }
}

pub(crate) fn map_zips_its_inputs_and_the_shortest_ends_it<F: Fixture>() {
    let pool = any::<F>(2);

    let sums = add::map(&pool, 0..10, [5, 6, 7]);
    let other_way = add::map(&pool, [5, 6, 7], 0..10);

    assert_eq!(sums.into_vec().unwrap(), [5, 7, 9]);
    assert_eq!(other_way.into_vec().unwrap(), [5, 7, 9]);
}

pub(crate) fn an_infinite_input_ends_with_the_shortest<F: Fixture>() {
    let pool = any::<F>(2);

    let sums = add::map(&pool, 0..3, std::iter::repeat(1));

    assert_eq!(sums.into_vec().unwrap(), [1, 2, 3]);
}

pub(crate) fn map_of_nothing_is_nothing<F: Fixture>() {
    let pool = any::<F>(1);

    let none = double::map(&pool, []);
    let buffered = double::map_with(&pool, MapOptions::new().buffer(1), []).unwrap();

    assert_eq!((none.count(), buffered.count()), (0, 0));
}

pub(crate) fn calls_can_be_mapped_as_values<F: Fixture>() {
    let pool = any::<F>(2);

    let results = pool.map((0..3).map(|n| double { n }));
    let answers = pool.map(std::iter::repeat_with(answer::new).take(2));

    assert_eq!(results.into_vec().unwrap(), [0, 2, 4]);
    assert_eq!(answers.into_vec().unwrap(), [42, 42]);
}

pub(crate) fn a_chunk_size_of_zero_is_refused_at_the_call<F: Fixture>() {
    let pool = any::<F>(1);

    let refused = double::map_with(&pool, MapOptions::new().chunk_size(0), 0..3);

    assert!(matches!(refused.err(), Some(MapError::ZeroChunk)));
}

pub(crate) fn a_buffer_of_zero_is_refused_at_the_call<F: Fixture>() {
    let pool = any::<F>(1);

    let refused = double::map_with(&pool, MapOptions::new().buffer(0), 0..3);

    assert!(matches!(refused.err(), Some(MapError::ZeroBuffer)));
}

pub(crate) fn an_infinite_input_without_a_buffer_is_refused_at_the_call<F: Fixture>() {
    let pool = any::<F>(1);

    let refused = double::map_with(&pool, MapOptions::new(), 0..);
    let repeated = double::map_with(&pool, MapOptions::new(), std::iter::repeat(1));

    assert!(matches!(refused.err(), Some(MapError::Unbounded)));
    assert!(matches!(repeated.err(), Some(MapError::Unbounded)));
}

pub(crate) fn a_refused_map_pulls_nothing<F: Fixture>() {
    let (pool, pulled) = (any::<F>(1), Tally::new());
    let inputs = || (0..3).inspect(|_| pulled.add());

    let refused = [MapOptions::new().chunk_size(0), MapOptions::new().buffer(0)]
        .map(|options| double::map_with(&pool, options, inputs()).is_err());

    assert_eq!((refused, pulled.count()), ([true; 2], 0));
}

/// Numbers from zero on, without end, and how many of them were pulled.
fn counted() -> (Tally, impl Iterator<Item = u64> + Send) {
    let pulled = Tally::new();
    let inside = pulled.clone();
    (pulled, (0..).inspect(move |_| inside.add()))
}

pub(crate) fn exactly_a_buffer_of_inputs_is_pulled_before_the_first_next<F: Fixture>() {
    let pool = any::<F>(2);

    for buffer in [1, 3, 10] {
        let (pulled, inputs) = counted();
        let _results = double::map_with(&pool, MapOptions::new().buffer(buffer), inputs).unwrap();

        assert_eq!(pulled.count(), buffer);
    }
}

pub(crate) fn never_more_than_a_buffer_of_inputs_is_ahead<F: Fixture>() {
    let pool = any::<F>(2);
    let (pulled, inputs) = counted();
    let mut results = double::map_with(&pool, MapOptions::new().buffer(5), inputs).unwrap();

    for taken in 1..=many(100) {
        results.next().unwrap().unwrap();

        assert!(pulled.count() <= taken + 5);
    }
}

pub(crate) fn a_chunk_never_exceeds_the_buffer<F: Fixture>() {
    let pool = any::<F>(2);
    let (pulled, inputs) = counted();

    let options = MapOptions::new().chunk_size(1_000).buffer(3);
    let mut results = double::map_with(&pool, options, inputs).unwrap();

    assert_eq!(pulled.count(), 3);
    assert_eq!(
        results.next().unwrap().unwrap(),
        0,
        "three calls run, a thousand never come together"
    );
}

pub(crate) fn infinite_inputs_work_with_a_buffer<F: Fixture>() {
    let pool = any::<F>(2);

    let results = double::map_with(&pool, MapOptions::new().buffer(7).chunk_size(2), 0..).unwrap();

    assert!(
        results
            .take(many(500))
            .map(Result::unwrap)
            .eq((0..many(500)).map(|n| n * 2))
    );
}

pub(crate) fn inputs_may_be_borrowed_with_a_buffer<F: Fixture>() {
    let (pool, words) = (
        any::<F>(2),
        vec!["1".to_owned(), "2".to_owned(), "x".to_owned()],
    );

    let results =
        parse::map_with(&pool, MapOptions::new().buffer(1), words.iter().cloned()).unwrap();

    let values: Vec<_> = results.map(Result::unwrap).collect();
    assert_eq!(values[..2], [Ok(1), Ok(2)]);
    assert!(values[2].is_err());
}

pub(crate) fn without_a_buffer_everything_is_submitted_at_the_call<F: Workers>() {
    let (pool, ran) = (any::<F>(1), far::FileTally::new());

    let results = note::map(&pool, [&ran; 50], 0..);

    ran.wait_for(50);
    assert_eq!(results.count(), 50, "nobody had asked for any");
}

pub(crate) fn a_failed_item_gives_its_error_at_its_own_turn<F: Fixture>() {
    let pool = any::<F>(2);

    let outcomes: Vec<_> = stumble::map(&pool, 0..20).collect();

    assert_stumbles(&outcomes);
}

pub(crate) fn a_failed_item_of_a_chunk_gives_its_error_at_its_own_turn<F: Fixture>() {
    let pool = any::<F>(2);

    for chunk in [2, 4, 5, 20, 100] {
        let results = stumble::map_with(&pool, MapOptions::new().chunk_size(chunk), 0..20).unwrap();

        assert_stumbles(&results.collect::<Vec<_>>());
    }
}

pub(crate) fn a_failed_item_behind_a_buffer_gives_its_error_at_its_own_turn<F: Fixture>() {
    let pool = any::<F>(2);

    let options = MapOptions::new().chunk_size(2).buffer(5);
    let outcomes: Vec<_> = stumble::map_with(&pool, options, 0..20).unwrap().collect();

    assert_stumbles(&outcomes);
}

#[track_caller]
fn assert_stumbles(outcomes: &[Result<u64, concurrent_futures::TaskError>]) {
    assert_eq!(outcomes.len(), 20);
    for (n, outcome) in outcomes.iter().enumerate() {
        match outcome {
            Ok(value) => assert!(n % 10 != 3 && *value == n as u64),
            Err(error) => assert_eq!(error.message(), Some(&*format!("stumbled at {n}"))),
        }
    }
}

pub(crate) fn into_vec_gives_the_first_error_in_order<F: Fixture>() {
    let pool = any::<F>(2);

    let error = stumble::map(&pool, 0..20).into_vec().unwrap_err();

    assert_eq!(error.message(), Some("stumbled at 3"));
}

#[task]
fn time_out(n: u64) -> Result<u64, Duration> {
    if n == 2 {
        Err(Duration::from_secs(5))
    } else {
        Ok(n)
    }
}

#[task]
fn throw_time_out(n: u64) -> u64 {
    if n == 2 {
        concurrent_futures::TaskError::timed_out(Duration::from_secs(5)).resume();
    }
    n
}

pub(crate) fn a_time_out_returned_by_the_task_is_a_value_of_its_map<F: Fixture>() {
    let pool = any::<F>(2);
    let options = MapOptions::new().timeout(tests::DEADLINE);

    let values = time_out::map_with(&pool, options, 0..5)
        .unwrap()
        .into_vec()
        .unwrap();

    assert_eq!(
        values,
        [Ok(0), Ok(1), Err(Duration::from_secs(5)), Ok(3), Ok(4)]
    );
}

pub(crate) fn a_time_out_thrown_by_the_task_is_not_the_end_of_its_map<F: Fixture>() {
    let pool = any::<F>(2);
    let options = MapOptions::new().timeout(tests::DEADLINE);

    let outcomes: Vec<_> = throw_time_out::map_with(&pool, options, 0..5)
        .unwrap()
        .collect();

    assert!(outcomes[2].as_ref().unwrap_err().is_panicked());
    assert_eq!(
        outcomes.iter().flatten().collect::<Vec<_>>(),
        [&0, &1, &3, &4]
    );
}

pub(crate) fn dropping_a_map_loses_no_work<F: Workers>() {
    let (pool, ran) = (any::<F>(1), far::FileTally::new());
    let busy = busy(&pool, 1);

    drop(note::map(&pool, [&ran; 50], 0..));
    drop(busy);
    F::shutdown(pool.0);

    assert_eq!(ran.count(), 50);
}

pub(crate) fn dropping_a_map_that_was_asked_to_cancel_cancels_what_is_pending<F: Workers>() {
    let (pool, ran) = (any::<F>(1), far::FileTally::new());
    let busy = busy(&pool, 1);
    let options = MapOptions::new().cancel_on_drop();

    drop(note::map_with(&pool, options, [&ran; 50], 0..).unwrap());
    drop(busy);
    let after = double::submit(&pool, 21).soon();
    F::shutdown(pool.0);

    assert_eq!((ran.count(), after.unwrap()), (0, 42));
}

pub(crate) fn dropping_a_map_that_was_asked_to_cancel_drops_the_arguments<F: LocalWorkers>() {
    let (pool, gates) = (F::pool(1), [Gate::new(), Gate::new()]);
    let _busy = tests::busy(&pool, 1);
    let calls = gates.each_ref().map(|gate| {
        let argument = gate.open_on_drop();
        call(move || drop(argument))
    });
    let results = pool.map_with(MapOptions::new().cancel_on_drop(), calls);

    drop(results.unwrap());

    assert!(
        gates.iter().all(Gate::is_open),
        "while the worker is still busy"
    );
}
