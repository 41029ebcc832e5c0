//! What may be asked for one call, and the cooperative way to stop it.

use std::{sync::Arc, time::Duration};

use concurrent_futures::{Options, Submit, should_stop, task};
use tests::{Gate, Held, Soon, call, far::FileTally};

use crate::{
    fixture::{Fixture, LocalWorkers, SharedMemory, Workers, any},
    tasks::{answer, double},
};

pub(crate) fn what_takes_an_end_of_the_worker_is_refused<F: SharedMemory>() {
    let pool = F::pool(1);
    let (limit, ran) = (Duration::from_secs(60), Gate::new());
    let options = Options::new();
    let asked = [
        options.clone().timeout(limit),
        options.clone().retries(2),
        options.clone().memory(1 << 30),
        options.clone().backoff(limit),
        options.retry_timeouts(true),
    ];

    let refused = asked.map(|options| {
        let ran = ran.clone();
        pool.submit_with(call(move || ran.open()), options)
            .soon()
            .unwrap_err()
    });

    assert!(refused.iter().all(|error| error.is_rejected()));
    assert!(!ran.is_open(), "refused, and not ignored");
}

/// Nothing of it takes an end of the worker.
pub(crate) fn what_nobody_can_reach_is_kept_everywhere<F: Fixture>() {
    let pool = any::<F>(1);
    let lifted = Options::new()
        .timeout(Duration::MAX)
        .memory(u64::MAX)
        .retries(0)
        .backoff(Duration::ZERO)
        .retry_timeouts(true);

    let future = pool.submit_with(double::new(21), lifted);
    let unasked = pool.submit_with(double::new(4), Options::new().retry_timeouts(false));

    assert_eq!((future.soon().unwrap(), unasked.soon().unwrap()), (42, 8));
}

pub(crate) fn a_refused_call_drops_its_arguments<F: SharedMemory>() {
    let (pool, dropped) = (F::pool(1), Gate::new());
    let argument = dropped.open_on_drop();

    let future = pool.submit_with(call(move || drop(argument)), Options::new().retries(1));

    assert!(future.done() && dropped.is_open());
}

pub(crate) fn a_name_of_its_own_is_kept<F: Fixture>() {
    let pool = any::<F>(1);

    let future = pool.submit_with(double::new(21), Options::new().name("power"));

    assert_eq!(future.name(), "power");
    assert_eq!(future.soon().unwrap(), 42);
}

pub(crate) fn a_task_is_not_asked_to_stop_by_itself<F: LocalWorkers>() {
    let pool = F::pool(1);

    let asked = pool.submit(call(should_stop)).soon();

    assert!(!asked.unwrap());
}

#[test]
fn nobody_is_asked_to_stop_outside_a_task() {
    let asked = should_stop();

    assert!(!asked);
}

pub(crate) fn abort_asks_a_running_task_to_stop<F: LocalWorkers>() {
    let pool = F::pool(1);
    let held = Held::on(&pool, should_stop);

    let told = held.future.abort();

    assert!(told && held.future.running() && !held.future.cancelled());
    assert!(held.let_go().soon().unwrap());
}

pub(crate) fn abort_through_a_canceller_asks_a_running_task_to_stop<F: LocalWorkers>() {
    let pool = F::pool(1);
    let held = Held::on(&pool, should_stop);

    let told = held.future.canceller().abort();

    assert!(told);
    assert!(held.let_go().soon().unwrap());
}

pub(crate) fn a_task_that_does_not_look_is_not_stopped_by_abort<F: LocalWorkers>() {
    let pool = F::pool(1);
    let held = Held::on(&pool, || 42);

    held.future.abort();

    assert_eq!(held.let_go().soon().unwrap(), 42);
}

pub(crate) fn abort_after_the_end_returns_false<F: Fixture>() {
    let pool = any::<F>(1);
    let future = answer::submit(&pool);
    future.get_soon().unwrap();

    let told = [future.abort(), future.canceller().abort()];

    assert_eq!(told, [false; 2]);
}

pub(crate) fn an_abort_is_not_left_for_the_next_call<F: LocalWorkers>() {
    let pool = F::pool(1);
    let held = Held::on(&pool, should_stop);
    held.future.abort();

    assert!(held.let_go().soon().unwrap());
    let next = pool.submit(call(should_stop)).soon();

    assert!(!next.unwrap());
}

/// A call that a worker runs in place has its own word; the outer one has its word again after it.
pub(crate) fn an_abort_reaches_its_own_call_and_none_in_place_of_it<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let inner = Arc::clone(&pool);
    let held = Held::on(&pool, move || {
        let in_place = inner.submit(call(should_stop)).result().unwrap();
        (in_place, should_stop())
    });

    held.future.abort();

    assert_eq!(held.let_go().soon().unwrap(), (false, true));
}

#[task]
fn fail(tally: &FileTally, n: u64) -> Result<(), String> {
    tally.note(n);
    assert_eq!(n, 1, "out of ink");
    Err("out of paper".to_owned())
}

/// Neither an `Err` nor a panic is tried again.
pub(crate) fn a_call_that_failed_runs_once<F: Workers>() {
    let (pool, ran) = (any::<F>(1), FileTally::new());

    let returned = fail::submit(&pool, &ran, 1).soon();
    let panicked = fail::submit(&pool, &ran, 2).soon();

    assert!(returned.unwrap().is_err() && panicked.unwrap_err().is_panicked());
    F::shutdown(pool.0);
    assert_eq!(ran.notes(), [1, 2]);
}
