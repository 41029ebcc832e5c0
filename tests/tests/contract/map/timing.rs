//! `map` in time: its deadline, and results in the order they finish.

use std::sync::Arc;

use concurrent_futures::{MapOptions, Submit, task};
use tests::{
    A_WHILE, MOMENT, Soon, call,
    far::{FarHeld, FileGate, FileTally, busy, pass_with},
    let_pass,
};

use crate::{
    fixture::{Any, Fixture, LocalWorkers, SharedMemory, Workers, any},
    tasks::{double, note, stumble},
};

/// Waits at its gate if it has one; returns its number.
#[task]
fn numbered(gate: &Option<FileGate>, ran: &FileTally, n: u64) -> u64 {
    if let Some(gate) = gate {
        gate.pass();
    }
    ran.note(n);
    n
}

/// Calls with numbers below ten; that of one number waits at a gate.
fn gated(ran: &FileTally, gate: &FileGate, held: u64) -> impl Iterator<Item = numbered> + Send {
    let (ran, gate) = (ran.clone(), gate.clone());
    (0..10).map(move |n| numbered::new((n == held).then(|| gate.clone()), &ran, n))
}

/// A pool whose workers have all run a call, so that time limits are not spent on their start.
fn started<F: Workers>(workers: usize) -> Any<F::Pool> {
    let pool = any::<F>(workers);
    for held in busy(&pool, workers) {
        held.let_go().soon().unwrap();
    }
    pool
}

pub(crate) fn a_deadline_gives_earlier_results_then_one_error_then_the_end<F: Workers>() {
    let (pool, ran) = (started::<F>(1), FileTally::new());
    let (gate, _go) = FileGate::shut();
    let options = MapOptions::new().timeout(A_WHILE);

    let mut results = pool.map_with(options, gated(&ran, &gate, 1)).unwrap();
    gate.reached_by(1);

    assert_eq!(results.next().unwrap().unwrap(), 0);
    assert!(results.next().unwrap().unwrap_err().is_timed_out());
    assert!(results.next().is_none() && results.next().is_none());
}

pub(crate) fn what_had_not_started_at_the_deadline_never_runs<F: Workers>() {
    let (pool, ran) = (started::<F>(1), FileTally::new());
    let (gate, go) = FileGate::shut();
    let options = MapOptions::new().timeout(A_WHILE);
    let mut results = pool.map_with(options, gated(&ran, &gate, 1)).unwrap();
    gate.reached_by(1);
    results.next().unwrap().unwrap();
    results.next().unwrap().unwrap_err();
    drop(results);

    drop(go);
    F::shutdown(pool.0);

    assert_eq!(ran.notes(), [0, 1], "what had ended, and what was running");
}

pub(crate) fn what_had_not_started_at_the_deadline_never_runs_though_its_chunk_did<F: Workers>() {
    let (pool, ran) = (started::<F>(1), FileTally::new());
    let (gate, go) = FileGate::shut();
    let options = MapOptions::new().timeout(A_WHILE).chunk_size(5);
    let mut results = pool.map_with(options, gated(&ran, &gate, 1)).unwrap();
    gate.reached_by(1);
    assert!(
        results
            .by_ref()
            .any(|item| item.is_err_and(|error| error.is_timed_out()))
    );
    drop(results);

    drop(go);
    F::shutdown(pool.0);

    assert_eq!(ran.notes(), [0, 1], "what had ended, and what was running");
}

pub(crate) fn a_deadline_pulls_no_more_inputs<F: Workers>() {
    let (pool, pulled) = (any::<F>(1), tests::Tally::new());
    let _busy = busy(&pool, 1);
    let inputs = {
        let pulled = pulled.clone();
        (0..).inspect(move |_| pulled.add())
    };
    let options = MapOptions::new().timeout(MOMENT).buffer(3);
    let mut results = double::map_with(&pool, options, inputs).unwrap();

    assert!(results.next().unwrap().unwrap_err().is_timed_out());
    assert!(results.next().is_none());

    assert_eq!(pulled.count(), 3);
}

pub(crate) fn a_deadline_that_does_not_pass_changes_nothing<F: Fixture>() {
    let pool = any::<F>(2);
    let options = MapOptions::new().timeout(tests::DEADLINE);

    let results = double::map_with(&pool, options, 0..100).unwrap();

    assert!(results.map(Result::unwrap).eq((0..100).map(|n| n * 2)));
}

pub(crate) fn into_vec_fails_at_the_deadline<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let options = MapOptions::new().timeout(MOMENT);

    let error = double::map_with(&pool, options, 0..3)
        .unwrap()
        .into_vec()
        .unwrap_err();

    assert!(error.is_timed_out());
}

pub(crate) fn unordered_results_come_as_they_finish<F: Workers>() {
    let (pool, ran) = (any::<F>(2), FileTally::new());
    let (gate, go) = FileGate::shut();
    let calls = gated(&ran, &gate, 0).take(5);

    let mut results = pool.map_with(MapOptions::new().unordered(), calls).unwrap();
    let mut first: Vec<_> = results.by_ref().take(4).map(Result::unwrap).collect();
    drop(go);

    first.sort_unstable();
    assert_eq!(first, [1, 2, 3, 4], "the first item is still running");
    assert_eq!(results.map(Result::unwrap).collect::<Vec<_>>(), [0]);
}

pub(crate) fn unordered_gives_all_results_for_every_chunk_and_buffer<F: Fixture>() {
    let pool = any::<F>(2);

    for (chunk, buffer) in [(1, 1), (1, 3), (3, 3), (3, 100), (100, 100)] {
        let options = MapOptions::new()
            .unordered()
            .chunk_size(chunk)
            .buffer(buffer);
        let results = double::map_with(&pool, options, 0..50).unwrap();
        let mut values: Vec<_> = results.map(Result::unwrap).collect();

        values.sort_unstable();
        assert_eq!(
            values,
            Vec::from_iter((0..50).map(|n| n * 2)),
            "chunks of {chunk}, {buffer} ahead"
        );
    }
}

pub(crate) fn unordered_gives_each_failure_once<F: Fixture>() {
    let pool = any::<F>(2);

    let results =
        stumble::map_with(&pool, MapOptions::new().unordered().chunk_size(4), 0..40).unwrap();
    let (values, failures): (Vec<_>, Vec<_>) = results.partition(Result::is_ok);

    assert_eq!((values.len(), failures.len()), (36, 4));
}

pub(crate) fn an_unordered_deadline_gives_what_is_done_then_one_error<F: Workers>() {
    let (pool, ran) = (started::<F>(2), FileTally::new());
    let held = FarHeld::on(&pool, 0);
    let (gate, _go) = FileGate::shut();
    let calls = gated(&ran, &gate, 2).take(4);

    let options = MapOptions::new().unordered().timeout(A_WHILE);
    let mut results = pool.map_with(options, calls).unwrap();
    gate.reached_by(1);

    let mut done = [
        results.next().unwrap().unwrap(),
        results.next().unwrap().unwrap(),
    ];
    done.sort_unstable();
    assert_eq!(done, [0, 1]);
    assert!(results.next().unwrap().unwrap_err().is_timed_out());
    assert!(results.next().is_none());
    drop(held);
}

pub(crate) fn a_map_can_be_taken_to_another_thread<F: Fixture>() {
    let pool = Arc::new(any::<F>(1));
    let results = double::map(&pool, 0..100);

    let sum = std::thread::spawn(move || results.map(Result::unwrap).sum::<u64>()).join();

    assert_eq!(sum.unwrap(), 9_900);
}

pub(crate) fn a_call_pending_behind_a_map_gets_its_turn<F: Workers>() {
    let pool = any::<F>(1);
    let options = MapOptions::new().buffer(10);
    let mut results = double::map_with(&pool, options, 0..).unwrap();
    results.next().unwrap().unwrap();

    let future = double::submit(&pool, 21);

    assert_eq!(future.soon().unwrap(), 42, "though the map has no end");
}

pub(crate) fn a_chunk_run_in_place_starts_nothing_after_the_deadline<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let ran = tests::Tally::new();
    let task = call({
        let (pool, ran) = (Arc::clone(&pool), ran.clone());
        move || {
            let slow = |_| {
                let ran = ran.clone();
                call(move || {
                    ran.add();
                    let_pass(A_WHILE);
                })
            };
            let options = MapOptions::new().chunk_size(5).timeout(A_WHILE);
            let results = pool.map_with(options, (0..5).map(slow)).unwrap();
            results.map(|result| result.is_ok()).collect::<Vec<_>>()
        }
    });

    let results = pool.submit(task).soon().unwrap();

    assert_eq!((results, ran.count()), (vec![true, false], 1));
}

pub(crate) fn a_map_that_nobody_iterates_starts_nothing_after_its_deadline<F: Workers>() {
    let pool = any::<F>(1);
    let busy = busy(&pool, 1);
    let ran = FileTally::new();
    let options = MapOptions::new().timeout(MOMENT);
    let map = note::map_with(&pool, options, [&ran; 3], 0..).unwrap();
    let_pass(MOMENT);

    drop((map, busy));
    F::shutdown(pool.0);

    assert_eq!(ran.count(), 0);
}

pub(crate) fn a_buffered_map_out_of_time_with_inputs_left_says_so<F: Fixture>() {
    let pool = any::<F>(1);
    let options = MapOptions::new().buffer(2).timeout(MOMENT);
    let mut results = double::map_with(&pool, options, 0..).unwrap();
    let_pass(MOMENT);

    let rest: Vec<_> = results.by_ref().take(10).collect();

    let (last, values) = rest.split_last().unwrap();
    assert!(values.len() <= 2 && values.iter().all(Result::is_ok));
    assert!(last.as_ref().is_err_and(|error| error.is_timed_out()));
}

pub(crate) fn a_buffered_map_that_had_all_inputs_in_time_ends_without_error<F: SharedMemory>() {
    let pool = F::pool(1);
    let options = MapOptions::new().buffer(2).timeout(A_WHILE);
    let mut results = pool
        .map_with(options, (0..2).map(|n| call(move || n)))
        .unwrap();
    // Both have ended before the time is up, taken they are after.
    let first = results.next();
    let second = results.next();
    let_pass(A_WHILE);

    assert!(first.is_some_and(|value| value.is_ok()) && second.is_some_and(|value| value.is_ok()));
    assert!(results.next().is_none());
}

pub(crate) fn without_order_what_ended_late_comes_before_the_time_out<F: LocalWorkers>() {
    let pool = started::<F>(2);
    let ((one, go_one), (two, go_two)) = (FileGate::shut(), FileGate::shut());
    let options = MapOptions::new().unordered().chunk_size(2).timeout(A_WHILE);
    let gates = [&one, &one, &two, &two];
    let results = pass_with::map_with(&pool, options, gates, 0..).unwrap();
    one.reached_by(1);
    two.reached_by(1);
    let_pass(A_WHILE);
    // One chunk after the other ends; the second call of neither starts.
    drop(go_one);
    double::submit(&pool, 21).soon().unwrap();
    drop(go_two);
    drop(busy(&pool, 2));

    let results: Vec<_> = results.map(Result::ok).collect();

    assert_eq!(results, [Some(0), Some(2), None]);
}
