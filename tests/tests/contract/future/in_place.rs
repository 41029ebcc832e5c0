//! Which calls a waiting worker runs in place, and which it leaves alone.

use std::{sync::Arc, thread, time::Duration};

use concurrent_futures::{Future, Promise, ReturnWhen, Submit, as_completed, wait};
use tests::{A_WHILE, DEADLINE, Gate, Held, MOMENT, Soon, Tally, call, far, let_pass};

use crate::{
    fixture::{LocalWorkers, Workers, any},
    tasks::{double, whereabouts, whereabouts_after},
};

pub(crate) fn a_waiting_worker_never_runs_a_strangers_call<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let (inner, stranger_ran) = (Arc::clone(&pool), Gate::new());
    let seen = stranger_ran.clone();

    let outer = pool.submit(call(move || {
        let stranger = inner.submit(call(move || stranger_ran.open()));
        let awaited = double::submit(&inner, 21).result().unwrap();
        (awaited, seen.is_open(), stranger)
    }));

    let (awaited, stranger_ran, stranger) = outer.soon().unwrap();
    assert_eq!((awaited, stranger_ran), (42, false));
    stranger.soon().unwrap();
}

pub(crate) fn a_worker_that_waits_for_one_of_several_runs_one_in_place<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let inner = Arc::clone(&pool);

    let outer = pool.submit(call(move || {
        let futures = [1, 2, 3].map(|n| double::submit(&inner, n));
        let waited = wait(&futures, ReturnWhen::FirstCompleted, DEADLINE);
        (waited.done.len(), waited.not_done.len())
    }));

    assert_eq!(outer.soon().unwrap(), (1, 2));
}

type Place = (u32, String);

/// What runs the call of a pool whose one worker is busy: no thread, until that worker is free.
fn runs_on<F: Workers>(waits: impl FnOnce(&Future<Place>)) -> (Place, Place) {
    let pool = any::<F>(1);
    let held = far::FarHeld::at(&pool, whereabouts_after::new);
    let pending = whereabouts::submit(&pool);

    waits(&pending);
    assert!(!pending.done() && !pending.running());

    let worker = held.let_go().soon().unwrap();
    (worker, pending.soon().unwrap())
}

pub(crate) fn an_outside_waiter_never_runs_a_call<F: Workers>() {
    let (worker, ran_on) = runs_on::<F>(|pending| {
        pending.get_timeout(MOMENT).unwrap_err();
        assert!(
            wait([pending], ReturnWhen::AllCompleted, MOMENT)
                .done
                .is_empty()
        );
        let mut limited = as_completed([pending]).timeout(MOMENT);
        assert!(limited.next().unwrap().is_err());
    });

    assert_eq!(ran_on, worker);
}

pub(crate) fn a_worker_of_another_pool_never_runs_a_call<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let held = Held::on(&pool, || thread::current().id());
    let pending = pool.submit(call(|| thread::current().id()));
    let other = F::pool(1);

    let pending = other.submit(call(move || {
        pending.get_timeout(MOMENT).unwrap_err();
        pending
    }));
    let pending = pending.soon().unwrap();

    assert!(!pending.done() && !pending.running());
    assert_eq!(held.let_go().soon().unwrap(), pending.soon().unwrap());
}

pub(crate) fn a_limit_bounds_the_waiting_and_not_a_call_in_place<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let (started, go) = (Gate::new(), Gate::new());
    let open_go = go.open_on_drop();
    let (inner, inner_started) = (Arc::clone(&pool), started.clone());
    let limit = Duration::from_millis(20);
    let outer = pool.submit(call(move || {
        let awaited = inner.submit(call(move || {
            inner_started.open();
            go.wait();
            42
        }));
        awaited.result_timeout(limit).ok()
    }));

    started.wait();
    let_pass(2 * limit);
    drop(open_go);

    assert_eq!(
        outer
            .soon()
            .unwrap()
            .expect("the limit is not for calls that run")
            .unwrap(),
        42
    );
}

pub(crate) fn a_limit_ends_the_wait_for_a_call_that_runs_elsewhere<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(2));
    let Held { future, go } = Held::on(&pool, || 42);

    let waited = pool.submit(call(move || {
        future
            .result_timeout(MOMENT)
            .map_err(|late| late.into_future())
    }));
    let future = waited.soon().unwrap().unwrap_err();
    drop(go);

    assert_eq!(future.soon().unwrap(), 42);
}

pub(crate) fn a_worker_wakes_on_a_future_of_nobody<F: LocalWorkers>() {
    let pool = F::pool(1);
    let (promise, future) = Promise::<u64>::new();
    let started = Gate::new();
    let waiting = pool.submit({
        let started = started.clone();
        call(move || {
            started.open();
            future.result()
        })
    });
    started.wait();

    promise.finish(Ok(42)).unwrap();

    assert_eq!(waiting.soon().unwrap().unwrap(), 42);
}

pub(crate) fn a_limit_keeps_wait_from_starting_more_calls_in_place<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let ran = Tally::new();
    let task = call({
        let (pool, ran) = (Arc::clone(&pool), ran.clone());
        move || {
            let slow = |_| {
                let ran = ran.clone();
                pool.submit(call(move || {
                    ran.add();
                    let_pass(A_WHILE);
                }))
            };
            let futures: Vec<_> = (0..5).map(slow).collect();
            let waited = wait(&futures, ReturnWhen::AllCompleted, A_WHILE);
            let left = waited.not_done.len();
            futures.iter().for_each(|future| {
                future.cancel();
            });
            left
        }
    });

    let left = pool.submit(task).soon().unwrap();

    assert_eq!(
        (ran.count(), left),
        (1, 4),
        "one fills the time, the others stay"
    );
}
