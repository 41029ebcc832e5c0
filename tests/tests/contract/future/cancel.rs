//! Cancelling: what it answers, what it stops, and whom it wakes.

use std::{
    pin::pin,
    sync::{Arc, mpsc::channel},
    task::{Context, Poll, Wake, Waker},
};

use concurrent_futures::{ReturnWhen, Submit, as_completed, wait};
use tests::{
    DEADLINE, Gate, Soon, blocked, call,
    far::{FarHeld, FileTally, busy},
    many, receive,
};

use crate::{
    fixture::{Fixture, LocalWorkers, Workers, any, any_bounded},
    tasks::{answer, double, note, stumble},
};

pub(crate) fn cancel_before_start_returns_true<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let pending = double::submit(&pool, 21);

    let cancelled = pending.cancel();

    assert!(cancelled);
    assert!(pending.soon().unwrap_err().is_cancelled());
}

pub(crate) fn cancel_while_running_returns_false<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 42);

    let cancelled = held.future.cancel();

    assert!(!cancelled && !held.future.cancelled());
    assert_eq!(held.let_go().soon().unwrap(), 42);
}

pub(crate) fn cancel_after_the_end_returns_false<F: Fixture>() {
    let pool = any::<F>(1);
    let (value, failure) = (answer::submit(&pool), stumble::submit(&pool, 3));
    value.get_soon().unwrap();
    failure.get_soon().unwrap_err();

    let cancelled = [value.cancel(), failure.cancel(), value.canceller().cancel()];

    assert_eq!(cancelled, [false; 3]);
    assert_eq!(value.soon().unwrap(), 42);
    assert!(failure.soon().unwrap_err().is_panicked());
}

pub(crate) fn cancel_of_a_cancelled_call_returns_true<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let pending = double::submit(&pool, 21);
    pending.cancel();

    let again = [
        pending.cancel(),
        pending.canceller().cancel(),
        pending.cancel(),
    ];

    assert_eq!(again, [true; 3]);
}

pub(crate) fn a_cancelled_call_never_runs<F: Workers>() {
    let (pool, ran) = (any::<F>(1), FileTally::new());
    let busy = busy(&pool, 1);
    for n in 0..10 {
        note::submit(&pool, &ran, n).cancel();
    }

    drop(busy);
    F::shutdown(pool.0);

    assert_eq!(ran.count(), 0);
}

pub(crate) fn a_cancelled_call_drops_its_arguments_at_once<F: LocalWorkers>() {
    let pool = F::pool(1);
    let _busy = tests::busy(&pool, 1);
    let dropped = Gate::new();
    let argument = dropped.open_on_drop();
    let pending = pool.submit(call(move || drop(argument)));

    pending.cancel();

    assert!(dropped.is_open(), "while the worker is still busy");
}

pub(crate) fn a_cancelled_call_frees_its_place_under_a_bound_at_once<F: Workers>() {
    let pool = any_bounded::<F>(1, 1);
    let _busy = busy(&pool, 1);
    let pending = double::submit(&pool, 1);
    assert!(pool.try_submit(double::new(2)).is_err());

    pending.cancel();

    let next = pool
        .try_submit(double::new(3))
        .expect("the place is free again");
    assert!(!next.done());
}

pub(crate) fn a_canceller_outlives_its_future_in_peace<F: Fixture>() {
    let pool = any::<F>(1);
    let future = answer::submit(&pool);
    let canceller = future.canceller();

    future.soon().unwrap();

    assert!(!canceller.clone().cancel() && canceller.done() && !canceller.cancelled());
}

pub(crate) fn a_canceller_tells_how_the_call_stands<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 0);
    let (running, pending) = (held.future.canceller(), double::submit(&pool, 21));
    let waiting = pending.canceller();
    let before = (
        running.done(),
        running.cancelled(),
        waiting.done(),
        waiting.cancelled(),
    );

    waiting.cancel();
    held.let_go().soon().unwrap();

    assert_eq!(before, (false, false, false, false));
    assert!(running.done() && !running.cancelled());
    assert!(waiting.done() && waiting.cancelled());
}

pub(crate) fn a_canceller_cancels_what_nobody_waits_for<F: Workers>() {
    let pool = any::<F>(1);
    let busy = busy(&pool, 1);
    let ran = FileTally::new();
    let future = note::submit(&pool, &ran, 1);
    let canceller = future.canceller();
    future.detach();

    assert!(canceller.cancel());
    drop(busy);
    F::shutdown(pool.0);

    assert_eq!(ran.count(), 0);
}

/// However the two fall, a call either runs or is cancelled.
pub(crate) fn a_cancel_racing_the_start_loses_no_call<F: Workers>() {
    let (pool, ran) = (any::<F>(2), FileTally::new());

    let cancelled = (0..many(2_000))
        .map(|n| note::submit(&pool, &ran, n))
        .filter(|future| future.cancel())
        .count();
    F::shutdown(pool.0);

    assert_eq!(ran.count() + cancelled, many(2_000));
}

pub(crate) fn a_cancel_wakes_result_at_once<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let future = double::submit(&pool, 21);
    let canceller = future.canceller();
    let waiting = blocked(move || future.result());

    canceller.cancel();

    assert!(waiting.woken().unwrap_err().is_cancelled());
}

pub(crate) fn a_cancel_wakes_get_at_once<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let future = double::submit(&pool, 21).shared();
    let waiting = blocked({
        let future = future.clone();
        move || future.get().copied()
    });

    future.cancel();

    assert!(waiting.woken().unwrap_err().is_cancelled());
}

pub(crate) fn a_cancel_wakes_wait_at_once<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let futures = [1, 2].map(|n| double::submit(&pool, n));
    let cancellers = [futures[0].canceller(), futures[1].canceller()];
    let waiting = blocked(move || wait(futures, ReturnWhen::AllCompleted, DEADLINE));

    assert!(cancellers.iter().all(|canceller| canceller.cancel()));

    assert_eq!(waiting.woken().done.len(), 2);
}

pub(crate) fn a_cancel_wakes_as_completed_at_once<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let futures = [1, 2].map(|n| double::submit(&pool, n));
    let canceller = futures[1].canceller();
    let waiting = blocked(move || as_completed(futures).next().unwrap().result());

    canceller.cancel();

    assert!(waiting.woken().unwrap_err().is_cancelled());
}

pub(crate) fn a_cancel_runs_the_callbacks_at_once<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let (tx, rx) = channel();
    let future = double::submit(&pool, 21);
    future.add_done_callback(move |outcome| tx.send(outcome.copied()).unwrap());

    future.cancel();

    assert!(receive(&rx).unwrap_err().is_cancelled());
}

pub(crate) fn a_cancel_wakes_await_at_once<F: Workers>() {
    struct Woken(Gate);
    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.open();
        }
    }
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let future = double::submit(&pool, 21);
    let canceller = future.canceller();
    let woken = Gate::new();
    let waker = Waker::from(Arc::new(Woken(woken.clone())));
    let (mut awaited, mut context) = (pin!(future), Context::from_waker(&waker));
    assert!(awaited.as_mut().poll(&mut context).is_pending());

    canceller.cancel();

    woken.wait();
    let Poll::Ready(outcome) = awaited.poll(&mut context) else {
        panic!("it was woken too early")
    };
    assert!(outcome.unwrap_err().is_cancelled());
}

pub(crate) fn abort_of_a_pending_call_cancels_it<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let pending = double::submit(&pool, 21);

    let aborted = pending.abort();

    assert!(aborted && pending.cancelled());
}

pub(crate) fn cancel_pending_cancels_all_that_no_worker_has_started<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 42);
    let pending: Vec<_> = (0..10).map(|n| double::submit(&pool, n)).collect();
    pending[3].cancel();

    let cancelled = F::cancel_pending(&pool);

    assert_eq!(cancelled, 9, "one was cancelled before");
    assert!(pending.iter().all(|future| future.cancelled()));
    assert_eq!(held.let_go().soon().unwrap(), 42);
    assert_eq!(
        answer::submit(&pool).soon().unwrap(),
        42,
        "the pool goes on"
    );
}
