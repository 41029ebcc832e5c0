//! `map` in time: its deadline, and results in the order they finish.

use std::sync::Arc;

use concurrent_futures::{MapOptions, Submit};
use tests::{A_WHILE, Gate, Held, MOMENT, Soon, Tally, busy, call, let_pass};

use crate::{
    fixture::{Fixture, LocalWorkers, SharedMemory, any},
    tasks::{double, stumble},
};

/// Calls that number themselves; the second one waits at a gate.
fn gated(
    ran: &Tally,
    started: &Gate,
    go: &Gate,
) -> Vec<tests::Closure<impl FnOnce() -> usize + Send + 'static>> {
    let call_of = |n| {
        let (ran, started, go) = (ran.clone(), started.clone(), go.clone());
        call(move || {
            if n == 1 {
                started.open();
                go.wait();
            }
            ran.add();
            n
        })
    };
    (0..10).map(call_of).collect()
}

pub(crate) fn a_deadline_gives_earlier_results_then_one_error_then_the_end<F: LocalWorkers>() {
    let (pool, ran, started, go) = (F::pool(1), Tally::new(), Gate::new(), Gate::new());
    let _go = go.open_on_drop();
    let options = MapOptions::new().timeout(A_WHILE);

    let mut results = pool.map_with(options, gated(&ran, &started, &go)).unwrap();
    started.wait();

    assert_eq!(results.next().unwrap().unwrap(), 0);
    assert!(results.next().unwrap().unwrap_err().is_timed_out());
    assert!(results.next().is_none() && results.next().is_none());
}

pub(crate) fn what_had_not_started_at_the_deadline_never_runs<F: LocalWorkers>() {
    let (pool, ran, started, go) = (F::pool(1), Tally::new(), Gate::new(), Gate::new());
    let open_go = go.open_on_drop();
    let options = MapOptions::new().timeout(A_WHILE);
    let mut results = pool.map_with(options, gated(&ran, &started, &go)).unwrap();
    started.wait();
    results.next().unwrap().unwrap();
    results.next().unwrap().unwrap_err();
    drop(results);

    drop(open_go);
    F::shutdown(pool);

    assert_eq!(ran.count(), 2, "the first, and the one that was running");
}

pub(crate) fn what_had_not_started_at_the_deadline_never_runs_though_its_chunk_did<
    F: LocalWorkers,
>() {
    let (pool, ran, started, go) = (F::pool(1), Tally::new(), Gate::new(), Gate::new());
    let open_go = go.open_on_drop();
    let options = MapOptions::new().timeout(A_WHILE).chunk_size(5);
    let mut results = pool.map_with(options, gated(&ran, &started, &go)).unwrap();
    started.wait();
    assert!(
        results
            .by_ref()
            .any(|item| item.is_err_and(|error| error.is_timed_out()))
    );
    drop(results);

    drop(open_go);
    F::shutdown(pool);

    assert_eq!(ran.count(), 2, "the first, and the one that was running");
}

pub(crate) fn a_deadline_pulls_no_more_inputs<F: LocalWorkers>() {
    let (pool, pulled) = (F::pool(1), Tally::new());
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

pub(crate) fn into_vec_fails_at_the_deadline<F: LocalWorkers>() {
    let pool = F::pool(1);
    let _busy = busy(&pool, 1);
    let options = MapOptions::new().timeout(MOMENT);

    let error = double::map_with(&pool, options, 0..3)
        .unwrap()
        .into_vec()
        .unwrap_err();

    assert!(error.is_timed_out());
}

pub(crate) fn unordered_results_come_as_they_finish<F: LocalWorkers>() {
    let (pool, go) = (F::pool(2), Gate::new());
    let open_go = go.open_on_drop();
    let calls = (0..5).map(|n| {
        let go = go.clone();
        call(move || {
            if n == 0 {
                go.wait();
            }
            n
        })
    });

    let mut results = pool.map_with(MapOptions::new().unordered(), calls).unwrap();
    let mut first: Vec<_> = results.by_ref().take(4).map(Result::unwrap).collect();
    drop(open_go);

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

pub(crate) fn an_unordered_deadline_gives_what_is_done_then_one_error<F: LocalWorkers>() {
    let pool = F::pool(2);
    let held = Held::on(&pool, || ());
    let go = Gate::new();
    let _go = go.open_on_drop();
    let started = Gate::new();
    let calls = (0..4).map(|n| {
        let (started, go) = (started.clone(), go.clone());
        call(move || {
            if n == 2 {
                started.open();
                go.wait();
            }
            n
        })
    });

    let options = MapOptions::new().unordered().timeout(A_WHILE);
    let mut results = pool.map_with(options, calls).unwrap();
    started.wait();

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

pub(crate) fn a_call_pending_behind_a_map_gets_its_turn<F: LocalWorkers>() {
    let pool = F::pool(1);
    let options = MapOptions::new().buffer(10);
    let mut results = double::map_with(&pool, options, 0..).unwrap();
    results.next().unwrap().unwrap();

    let future = double::submit(&pool, 21);

    assert_eq!(future.soon().unwrap(), 42, "though the map has no end");
}

pub(crate) fn a_chunk_run_in_place_starts_nothing_after_the_deadline<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let ran = Tally::new();
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

pub(crate) fn a_map_that_nobody_iterates_starts_nothing_after_its_deadline<F: LocalWorkers>() {
    let pool = F::pool(1);
    let busy = busy(&pool, 1);
    let ran = Tally::new();
    let calls = (0..3).map(|_| {
        let ran = ran.clone();
        call(move || ran.add())
    });
    let map = pool
        .map_with(MapOptions::new().timeout(MOMENT), calls)
        .unwrap();
    let_pass(MOMENT);

    drop((map, busy));
    F::shutdown(pool);

    assert_eq!(ran.count(), 0);
}

pub(crate) fn a_buffered_map_out_of_time_with_inputs_left_says_so<F: SharedMemory>() {
    let pool = F::pool(1);
    let options = MapOptions::new().buffer(2).timeout(MOMENT);
    let mut results = pool
        .map_with(options, (0..).map(|n| call(move || n)))
        .unwrap();
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
    let pool = F::pool(2);
    let (started, gates) = (Tally::new(), [Gate::new(), Gate::new()]);
    let call_of = |n: usize| {
        let (started, gate) = (started.clone(), gates[n / 2].clone());
        call(move || {
            started.add();
            gate.wait();
            n
        })
    };
    let options = MapOptions::new().unordered().chunk_size(2).timeout(A_WHILE);
    let results = pool.map_with(options, (0..4).map(call_of)).unwrap();
    started.wait_for(2);
    let_pass(A_WHILE);
    // One chunk after the other ends; the second call of neither starts.
    gates[0].open();
    pool.submit(call(|| ())).soon().unwrap();
    gates[1].open();
    drop(busy(&pool, 2));

    let results: Vec<_> = results.map(Result::ok).collect();

    assert_eq!(results, [Some(0), Some(2), None]);
}
