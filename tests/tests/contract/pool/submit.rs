//! Submitting: the call starts by itself, and nothing is kept longer than needed.

use std::{process, thread};

use concurrent_futures::{MapOptions, Promise, Submit, task};
use tests::{
    Gate, Held, Soon, call, eventually,
    far::{FileTally, NoteOnDrop, busy},
    many,
};

use crate::{
    fixture::{Fixture, LocalWorkers, Workers, any},
    tasks::{add, answer, double, eponym, note, odd},
};

#[task]
fn noting(tally: &FileTally, home: u32) -> NoteOnDrop {
    NoteOnDrop::new(tally, home)
}

pub(crate) fn a_submitted_call_gives_its_value<F: Fixture>() {
    let pool = any::<F>(1);

    let future = add::submit(&pool, 20, 22);

    assert_eq!(future.soon().unwrap(), 42);
}

pub(crate) fn a_submitted_call_starts_without_any_further_act<F: Fixture>() {
    let pool = any::<F>(1);

    let future = answer::submit(&pool);

    eventually("it is done, though nobody waits for it", || future.done());
}

pub(crate) fn a_call_whose_future_is_dropped_still_runs<F: Workers>() {
    let (pool, ran) = (any::<F>(1), FileTally::new());
    let busy = busy(&pool, 1);

    drop(note::submit(&pool, &ran, 1));
    drop(busy);

    ran.wait_for(1);
}

pub(crate) fn a_detached_call_still_runs<F: Workers>() {
    let (pool, ran) = (any::<F>(1), FileTally::new());
    let busy = busy(&pool, 1);

    note::submit(&pool, &ran, 1).detach();
    drop(busy);

    ran.wait_for(1);
}

pub(crate) fn calls_start_in_the_order_they_were_submitted<F: Workers>() {
    let (pool, order) = (any::<F>(1), FileTally::new());
    let busy = busy(&pool, 1);
    let futures: Vec<_> = (0..100).map(|n| note::submit(&pool, &order, n)).collect();

    drop(busy);
    futures
        .into_iter()
        .for_each(|future| future.soon().unwrap());

    assert_eq!(order.notes(), Vec::from_iter(0..100));
}

pub(crate) fn parameters_named_like_internals_pass_through_submit<F: Fixture>() {
    let pool = any::<F>(1);

    let future = odd::submit(&pool, 1, 2, 3, 4, 5, 6, 7);

    assert_eq!(future.soon().unwrap(), 1_234_567);
}

pub(crate) fn a_parameter_may_bear_the_name_of_its_task<F: Fixture>() {
    let pool = any::<F>(1);

    let future = eponym::submit(&pool, 1);

    assert_eq!(future.soon().unwrap(), 2);
}

pub(crate) fn parameters_named_like_internals_pass_through_a_call<F: Fixture>() {
    let pool = any::<F>(1);
    let call = odd {
        self_: 1,
        executor: 2,
        args: 3,
        task: 4,
        call: 5,
        options: 6,
        iter: 7,
    };

    let future = pool.submit(call);

    assert_eq!(future.soon().unwrap(), 1_234_567);
    assert_eq!(
        odd(1, 2, 3, 4, 5, 6, 7),
        1_234_567,
        "it is a function still"
    );
}

pub(crate) fn parameters_named_like_internals_pass_through_map<F: Fixture>() {
    let pool = any::<F>(1);

    let plain = odd::map(&pool, [1], [2], [3], [4], [5], [6], [7]).into_vec();
    let options = MapOptions::new().buffer(1);
    let buffered = odd::map_with(&pool, options, [1], [2], [3], [4], [5], [6], [7])
        .unwrap()
        .into_vec();

    assert_eq!(
        (plain.unwrap(), buffered.unwrap()),
        (vec![1_234_567], vec![1_234_567])
    );
}

pub(crate) fn arguments_are_gone_when_the_call_has_run<F: LocalWorkers>() {
    let (pool, dropped) = (F::pool(1), Gate::new());
    let argument = dropped.open_on_drop();
    let future = pool.submit(call(move || {
        let _used = &argument;
    }));

    future.get_soon().unwrap();

    assert!(dropped.is_open(), "while the future is still there");
}

pub(crate) fn arguments_are_gone_when_the_call_has_panicked<F: LocalWorkers>() {
    let (pool, dropped) = (F::pool(1), Gate::new());
    let argument = dropped.open_on_drop();
    let future = pool.submit(call(move || -> u64 {
        let _used = &argument;
        panic!("out of paper");
    }));

    future.get_soon().unwrap_err();

    assert!(dropped.is_open(), "while the future is still there");
}

/// The worker goes idle, and keeps nothing of its last call.
pub(crate) fn an_idle_worker_keeps_no_result<F: Workers>() {
    let (pool, dropped) = (any::<F>(1), FileTally::new());
    let future = noting::submit(&pool, &dropped, process::id());

    drop(future.soon().unwrap());

    assert_eq!(dropped.count(), 1);
}

pub(crate) fn a_result_that_nobody_wants_is_dropped<F: LocalWorkers>() {
    let (pool, dropped) = (F::pool(1), Gate::new());
    let result = dropped.open_on_drop();
    let Held { future, go } = Held::on(&pool, move || result);
    future.detach();

    drop(go);

    dropped.wait();
}

#[test]
fn a_result_is_dropped_with_its_future() {
    let (promise, future) = Promise::new();
    let dropped = Gate::new();
    promise.finish(Ok(dropped.open_on_drop())).unwrap();
    assert!(!dropped.is_open());

    drop(future);

    assert!(dropped.is_open());
}

pub(crate) fn map_keeps_no_argument_of_a_call_that_has_run<F: LocalWorkers>() {
    let (pool, gates) = (F::pool(1), [Gate::new(), Gate::new(), Gate::new()]);
    let calls: Vec<_> = gates
        .iter()
        .map(|gate| {
            let argument = gate.open_on_drop();
            call(move || {
                let _used = &argument;
            })
        })
        .collect();

    let mut results = pool.map(calls);
    results.next().unwrap().unwrap();

    assert!(gates[0].is_open());
    assert_eq!(results.count(), 2);
    assert!(gates.iter().all(Gate::is_open));
}

pub(crate) fn map_keeps_no_result_that_it_has_given<F: Workers>() {
    let (pool, dropped) = (any::<F>(1), [FileTally::new(), FileTally::new()]);
    let mut results = noting::map(&pool, &dropped, [process::id(); 2]);

    drop(results.next().unwrap().unwrap());

    assert_eq!(dropped.each_ref().map(FileTally::count), [1, 0]);
}

pub(crate) fn a_pool_keeps_no_result_of_a_dropped_map<F: LocalWorkers>() {
    let (pool, dropped) = (F::pool(1), Gate::new());
    let result = dropped.open_on_drop();

    drop(pool.map([call(move || result)]));

    dropped.wait();
}

pub(crate) fn many_calls_of_many_threads_all_run<F: Fixture>() {
    let pool = any::<F>(4);

    let sums: Vec<u64> = thread::scope(|scope| {
        let submit = || {
            let futures: Vec<_> = (0..many(1_000)).map(|n| double::submit(&pool, n)).collect();
            futures
                .into_iter()
                .map(|future| future.soon().unwrap())
                .sum()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(submit)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });

    assert_eq!(sums, [many(1_000) * (many(1_000) - 1); 4]);
}
