//! Calls that come after the end of a shared pool.

use std::sync::Arc;

use concurrent_futures::{Submit, TaskError};
use tests::{
    Gate, Soon, blocked, call,
    far::{FarHeld, busy},
    many,
};

use crate::{
    fixture::{Any, LocalWorkers, Workers, any, any_bounded},
    tasks::{answer, double},
};

fn closed<F: Workers>() -> Any<F::Pool> {
    let pool = any::<F>(1);
    answer::submit(&pool).soon().unwrap();
    F::close(&pool);
    pool
}

#[track_caller]
fn assert_shut(error: &TaskError) {
    assert!(error.is_rejected());
    assert_eq!(
        error.to_string(),
        "executor is shut down; submit before calling shutdown"
    );
}

pub(crate) fn a_submit_after_close_is_a_typed_error<F: Workers>() {
    let pool = closed::<F>();

    let error = answer::submit(&pool).soon().unwrap_err();

    assert_shut(&error);
}

pub(crate) fn a_submit_after_close_drops_its_arguments<F: LocalWorkers>() {
    let (pool, dropped) = (F::pool(1), Gate::new());
    let argument = dropped.open_on_drop();
    answer::submit(&pool).soon().unwrap();
    F::close(&pool);

    let future = pool.submit(call(move || drop(argument)));

    assert!(future.done() && dropped.is_open());
}

pub(crate) fn a_try_submit_after_close_is_no_full_pool<F: Workers>() {
    let pool = closed::<F>();

    let future = pool
        .try_submit(answer::new())
        .expect("it will never have room; the future says so");

    assert_shut(&future.soon().unwrap_err());
}

pub(crate) fn a_map_after_close_fails_item_by_item<F: Workers>() {
    let pool = closed::<F>();

    let errors: Vec<_> = double::map(&pool, 0..3).map(Result::unwrap_err).collect();

    assert_eq!(errors.len(), 3);
    errors.iter().for_each(assert_shut);
}

pub(crate) fn calls_submitted_before_close_still_run<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 1);
    let pending = double::submit(&pool, 1);

    F::close(&pool);

    assert_eq!(held.let_go().soon().unwrap(), 1);
    assert_eq!(pending.soon().unwrap(), 2);
}

pub(crate) fn close_does_not_wait<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 0);

    F::close(&pool);

    assert!(held.future.running());
}

pub(crate) fn a_call_that_runs_after_close_cannot_submit_either<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let inner = Arc::clone(&pool);
    let held = tests::Held::on(&pool, move || answer::submit(&inner).result());

    F::close(&pool);

    assert_shut(&held.let_go().soon().unwrap().unwrap_err());
}

pub(crate) fn a_submit_blocked_at_the_bound_of_a_closing_pool_returns<F: Workers>() {
    let pool = Arc::new(any_bounded::<F>(1, 1));
    let busy = busy(&pool, 1);
    let filling = double::submit(&pool, 1);
    let submitting = blocked({
        let pool = Arc::clone(&pool);
        move || double::submit(&pool, 2)
    });

    F::close(&pool);
    drop(busy);

    assert_eq!(filling.soon().unwrap(), 2);
    match submitting.woken().soon() {
        Ok(value) => assert_eq!(value, 4),
        Err(error) => assert_shut(&error),
    }
}

/// Submits race the close: each call either runs or is refused, and all is told.
pub(crate) fn a_submit_racing_the_close_is_never_stranded<F: Workers>() {
    for _ in 0..many(100) {
        let (pool, started) = (Arc::new(any::<F>(2)), Gate::new());
        let submitting = std::thread::spawn({
            let (pool, started) = (Arc::clone(&pool), started.clone());
            move || {
                started.open();
                (0..100)
                    .map(|n| double::submit(&pool, n))
                    .collect::<Vec<_>>()
            }
        });
        started.wait();

        F::close(&pool);

        for (n, future) in submitting.join().unwrap().into_iter().enumerate() {
            match future.soon() {
                Ok(value) => assert_eq!(value, 2 * n as u64),
                Err(error) => assert_shut(&error),
            }
        }
    }
}
