//! What a future tells of its call, and how waiting for it ends.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use concurrent_futures::{Options, Promise, ReturnWhen, Submit, wait};
use tests::{
    Gate, MOMENT, Soon, blocked, call, eventually,
    far::{FarHeld, busy},
};

use crate::{
    fixture::{Fixture, LocalWorkers, Workers, any},
    tasks::{answer, double, fail_after, stumble},
};

pub(crate) fn a_finished_future_is_done_and_not_running<F: Fixture>() {
    let pool = any::<F>(1);
    let future = double::submit(&pool, 21);

    future.get_soon().unwrap();

    assert!(future.done() && !future.running() && !future.cancelled());
}

pub(crate) fn a_failed_future_is_done_and_not_cancelled<F: Fixture>() {
    let pool = any::<F>(1);
    let future = stumble::submit(&pool, 3);

    future.get_soon().unwrap_err();

    assert!(future.done() && !future.running() && !future.cancelled());
}

pub(crate) fn a_running_future_is_running_and_not_done<F: Workers>() {
    let pool = any::<F>(1);

    let held = FarHeld::on(&pool, 0);

    assert!(held.future.running() && !held.future.done() && !held.future.cancelled());
}

pub(crate) fn a_call_behind_a_busy_worker_is_pending<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);

    let futures: Vec<_> = (0..10).map(|n| double::submit(&pool, n)).collect();

    for future in &futures {
        assert!(!future.running() && !future.done() && !future.cancelled());
    }
}

pub(crate) fn a_call_behind_a_busy_worker_can_still_be_cancelled<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let futures: Vec<_> = (0..10).map(|n| double::submit(&pool, n)).collect();

    let cancelled = futures.iter().all(|future| future.cancel());

    assert!(cancelled);
}

pub(crate) fn a_cancelled_future_is_done_and_cancelled<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let future = double::submit(&pool, 21);

    future.cancel();

    assert!(future.done() && future.cancelled() && !future.running());
}

pub(crate) fn a_zero_wait_gives_a_finished_value<F: Fixture>() {
    let pool = any::<F>(1);
    let future = double::submit(&pool, 21);
    future.get_soon().unwrap();

    let lent = *future.get_timeout(Duration::ZERO).unwrap().unwrap();
    let owned = future.result_timeout(Duration::ZERO).unwrap().unwrap();

    assert_eq!((lent, owned), (42, 42));
}

pub(crate) fn a_zero_wait_gives_the_error_of_a_failed_call<F: Fixture>() {
    let pool = any::<F>(1);
    let future = stumble::submit(&pool, 3);
    future.get_soon().unwrap_err();

    let lent = future.get_timeout(Duration::ZERO).unwrap().unwrap_err();
    let owned = future.result_timeout(Duration::ZERO).unwrap().unwrap_err();

    assert!(lent.is_panicked() && owned.is_panicked());
}

pub(crate) fn a_zero_wait_on_a_pending_call_times_out<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let future = double::submit(&pool, 21);

    let lent = future.get_timeout(Duration::ZERO).is_err();
    let owned = future.result_timeout(Duration::ZERO).is_err();

    assert!(lent && owned);
}

pub(crate) fn a_zero_wait_on_a_running_call_times_out<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 0);

    let lent = held.future.get_timeout(Duration::ZERO).is_err();
    let owned = held.future.result_timeout(Duration::ZERO).is_err();

    assert!(lent && owned);
}

pub(crate) fn a_zero_wait_tells_of_a_cancel<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let future = double::submit(&pool, 21);
    future.cancel();

    let lent = future.get_timeout(Duration::ZERO).unwrap().unwrap_err();
    let owned = future.result_timeout(Duration::ZERO).unwrap().unwrap_err();

    assert!(lent.is_cancelled() && owned.is_cancelled());
}

/// A worker that waits runs the call in place, unless it has no time at all.
pub(crate) fn a_zero_wait_never_runs_the_call<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let outer = pool.submit({
        let pool = Arc::clone(&pool);
        call(move || {
            let inner = double::submit(&pool, 21);
            let waited = [
                inner.get_timeout(Duration::ZERO).is_err(),
                wait([&inner], ReturnWhen::AllCompleted, Duration::ZERO)
                    .done
                    .is_empty(),
                inner.peek().is_none(),
                !inner.done(),
            ];
            (waited, inner)
        })
    });

    let (waited, inner) = outer.soon().unwrap();

    assert_eq!(waited, [true; 4]);
    assert_eq!(inner.soon().unwrap(), 42);
}

pub(crate) fn a_timed_out_wait_leaves_the_future_usable<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 42);
    held.future.get_timeout(MOMENT).unwrap_err();
    let future = held
        .future
        .result_timeout(MOMENT)
        .unwrap_err()
        .into_future();

    drop(held.go);

    assert_eq!(future.get_soon().unwrap(), &42);
    assert_eq!(future.soon().unwrap(), 42);
}

pub(crate) fn a_blocked_result_wakes_on_a_value<F: Workers>() {
    let pool = any::<F>(1);
    let FarHeld { future, go } = FarHeld::on(&pool, 42);
    let waiting = blocked(move || future.result());

    drop(go);

    assert_eq!(waiting.woken().unwrap(), 42);
}

pub(crate) fn a_blocked_result_wakes_on_a_failure<F: Workers>() {
    let pool = any::<F>(1);
    let FarHeld { future, go } = FarHeld::at(&pool, fail_after::new);
    let waiting = blocked(move || future.result());

    drop(go);

    assert_eq!(waiting.woken().unwrap_err().message(), Some("out of paper"));
}

pub(crate) fn a_blocked_result_wakes_on_a_cancel_from_another_thread<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let future = double::submit(&pool, 21);
    let canceller = future.canceller();
    let waiting = blocked(move || future.result());

    let cancelled = thread::spawn({
        let canceller = canceller.clone();
        move || canceller.cancel()
    });

    assert!(cancelled.join().unwrap());
    assert!(waiting.woken().unwrap_err().is_cancelled());
    assert!(canceller.done() && canceller.cancelled());
}

pub(crate) fn peek_lends_the_outcome_without_waiting<F: Fixture>() {
    let pool = any::<F>(1);
    let (value, failure) = (answer::submit(&pool), stumble::submit(&pool, 13));

    eventually("both are over", || {
        value.peek().is_some() && failure.peek().is_some()
    });

    assert_eq!(value.peek().unwrap().unwrap(), &42);
    assert_eq!(
        failure.peek().unwrap().unwrap_err().message(),
        Some("stumbled at 13")
    );
}

pub(crate) fn exception_is_the_error_or_nothing<F: Fixture>() {
    let pool = any::<F>(1);

    let (value, failure) = (answer::submit(&pool), stumble::submit(&pool, 13));

    assert!(value.exception().is_none());
    assert!(failure.exception().unwrap().is_panicked());
}

/// Each thread looks over and over; what it sees only ever moves forward.
#[test]
fn many_threads_see_one_consistent_state() {
    for round in 0..200 {
        let (mut promise, future) = Promise::<u64>::new();
        let watching = Gate::new();

        thread::scope(|scope| {
            let watch = || {
                watching.open();
                watch_until_done(&future)
            };
            let watchers: Vec<_> = (0..3).map(|_| scope.spawn(watch)).collect();
            watching.wait();
            if round % 2 == 0 {
                assert!(promise.start());
                promise.finish(Ok(round)).unwrap();
            } else {
                assert!(future.cancel());
            }

            let seen: Vec<bool> = watchers
                .into_iter()
                .map(|watcher| watcher.join().unwrap())
                .collect();

            assert_eq!(seen, [round % 2 == 1; 3], "all saw a cancel, or none did");
        });
    }
}

fn watch_until_done(future: &concurrent_futures::Future<u64>) -> bool {
    let mut ran = false;
    eventually("the future is done", || {
        let before = future.done();
        let running = future.running();
        assert!(!(before && running), "a call that is done does not run");
        assert!(
            !(ran && future.cancelled()),
            "a call that ran is not cancelled"
        );
        ran |= running;
        before
    });
    assert!(future.done() && !future.running(), "done is the end");
    future.cancelled()
}

#[test]
fn a_cancel_and_a_start_never_both_win() {
    for _ in 0..1_000 {
        let (mut promise, future) = Promise::<u64>::new();
        let canceller = future.canceller();
        let (ready, cancelled) = (Gate::new(), Arc::new(AtomicBool::new(false)));

        let cancelling = thread::spawn({
            let (ready, cancelled) = (ready.clone(), Arc::clone(&cancelled));
            move || {
                ready.open();
                cancelled.store(canceller.cancel(), Ordering::Relaxed);
            }
        });
        ready.wait();
        let started = promise.start();
        cancelling.join().unwrap();

        let cancelled = cancelled.load(Ordering::Relaxed);
        assert_ne!(started, cancelled, "one of the two wins, and only one");
        assert_eq!((future.running(), future.cancelled()), (started, cancelled));
    }
}

pub(crate) fn a_future_has_the_id_and_the_name_of_its_call<F: Fixture>() {
    let pool = any::<F>(1);

    let plain = double::submit(&pool, 1);
    let named = pool.submit_with(double::new(1), Options::new().name("power"));

    assert_ne!(plain.id(), named.id());
    assert!(plain.name().contains("double"), "{}", plain.name());
    assert_eq!(named.name(), "power");
}
