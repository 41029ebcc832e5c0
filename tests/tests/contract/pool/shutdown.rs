//! The end of a pool, in all its variants: what still runs, who waits, what is left.

use std::{sync::Arc, time::Duration};

use concurrent_futures::{Submit, task};
use tests::{
    DEADLINE, MOMENT, Soon, blocked, call, eventually,
    far::{FarHeld, FileGate, FileTally, busy},
    let_pass, many,
};

use crate::{
    fixture::{Any, Fixture, LocalWorkers, Workers, any},
    tasks::{answer, double, note},
};

/// A pool whose one worker is held up before fifty calls.
fn fifty_queued<F: Workers>() -> (Any<F::Pool>, Vec<FarHeld<()>>, FileTally) {
    let (pool, ran) = (any::<F>(1), FileTally::new());
    let busy = busy(&pool, 1);
    for n in 0..50 {
        note::submit(&pool, &ran, n).detach();
    }
    (pool, busy, ran)
}

pub(crate) fn shutdown_runs_all_queued_tasks_before_it_returns<F: Workers>() {
    let (pool, busy, ran) = fifty_queued::<F>();
    drop(busy);

    F::shutdown(pool.0);

    assert_eq!(ran.count(), 50);
}

#[task]
fn note_after(gate: &FileGate, tally: &FileTally, n: u64) {
    gate.pass();
    tally.note(n);
}

pub(crate) fn shutdown_waits_for_the_running_ones<F: Workers>() {
    let (pool, ended) = (any::<F>(2), FileTally::new());
    let held = [1, 2].map(|n| FarHeld::at(&pool, |gate| note_after::new(gate, &ended, n)));
    let shutting_down = blocked(move || F::shutdown(pool.0));

    let waited = shutting_down.still_waits();
    drop(held);

    assert!(waited);
    shutting_down.woken();
    assert_eq!(ended.count(), 2);
}

pub(crate) fn dropping_a_pool_finishes_its_queued_work<F: Workers>() {
    let (pool, busy, ran) = fifty_queued::<F>();
    drop(busy);

    drop(pool);

    assert_eq!(ran.count(), 50, "the drop has waited");
}

pub(crate) fn dropping_the_last_arc_of_a_pool_finishes_its_queued_work<F: Workers>() {
    let (pool, busy, ran) = fifty_queued::<F>();
    let pool = Arc::new(pool);
    let other = Arc::clone(&pool);
    drop(busy);

    drop(pool);
    drop(other);

    assert_eq!(ran.count(), 50, "the last drop has waited");
}

pub(crate) fn a_detached_shutdown_does_not_wait<F: Workers>() {
    let (pool, busy, ran) = fifty_queued::<F>();

    F::shutdown_detached(pool.0);

    assert_eq!(ran.count(), 0, "the worker is busy still");
    drop(busy);
}

pub(crate) fn a_detached_shutdown_still_finishes_queued_work<F: Workers>() {
    let (pool, busy, ran) = fifty_queued::<F>();
    F::shutdown_detached(pool.0);

    drop(busy);

    ran.wait_for(50);
}

pub(crate) fn a_cancelling_shutdown_finishes_the_running_and_cancels_the_others<F: Workers>() {
    let pool = any::<F>(2);
    let held = [FarHeld::on(&pool, 1), FarHeld::on(&pool, 2)];
    let pending: Vec<_> = (0..50).map(|n| double::submit(&pool, n)).collect();
    let [one, two] = held.map(|held| (held.future, held.go));
    let last = pending[49].canceller();
    let shutting_down = blocked(move || F::shutdown_cancelling(pool.0));

    eventually("the last is cancelled", || last.cancelled());
    drop((one.1, two.1));

    assert_eq!(shutting_down.woken(), 50);
    assert_eq!((one.0.soon().unwrap(), two.0.soon().unwrap()), (1, 2));
    assert!(
        pending
            .into_iter()
            .all(|future| future.soon().unwrap_err().is_cancelled())
    );
}

pub(crate) fn a_cancelling_shutdown_loses_no_call_between<F: Workers>() {
    for _ in 0..many(50) {
        let (pool, ran) = (any::<F>(4), FileTally::new());
        let futures: Vec<_> = (0..100).map(|n| note::submit(&pool, &ran, n)).collect();

        let cancelled = F::shutdown_cancelling(pool.0);

        assert_eq!(ran.count() + cancelled, 100);
        assert_eq!(
            futures.iter().filter(|future| future.cancelled()).count(),
            cancelled
        );
        assert!(futures.iter().all(|future| future.done()));
    }
}

pub(crate) fn a_cancel_just_before_shutdown_does_not_hang<F: Workers>() {
    for _ in 0..many(200) {
        let pool = any::<F>(1);
        let futures = [1, 2, 3].map(|n| double::submit(&pool, n));

        futures[2].cancel();
        futures[0].cancel();
        F::shutdown(pool.0);

        assert!(futures.iter().all(|future| future.done()));
    }
}

pub(crate) fn cancelling_everything_before_shutdown_does_not_hang<F: Workers>() {
    let (pool, busy, ran) = fifty_queued::<F>();

    let cancelled = F::cancel_pending(&pool);
    drop(busy);
    F::shutdown(pool.0);

    assert_eq!((cancelled, ran.count()), (50, 0));
}

pub(crate) fn closing_twice_and_shutting_down_is_harmless<F: Workers>() {
    let (pool, busy, ran) = fifty_queued::<F>();

    F::close(&pool);
    F::close(&pool);
    drop(busy);
    F::shutdown(pool.0);

    assert_eq!(ran.count(), 50);
}

pub(crate) fn a_pool_that_never_worked_shuts_down<F: Workers>() {
    let pools = [(); 5].map(|()| F::pool(4));
    let [one, two, three, four, five] = pools;

    F::shutdown(one);
    F::shutdown_detached(two);
    let cancelled = F::shutdown_cancelling(three);
    let timed_out = F::shutdown_timeout(four, Duration::ZERO);
    drop(five);

    assert_eq!((cancelled, timed_out), (0, Ok(())));
}

pub(crate) fn a_shutdown_with_a_limit_says_what_was_left<F: Workers>() {
    let pool = any::<F>(2);
    let _busy = busy(&pool, 2);
    let _pending = [1, 2, 3].map(|n| double::submit(&pool, n));

    let still_busy = F::shutdown_timeout(pool.0, MOMENT).unwrap_err();

    assert_eq!((still_busy.running(), still_busy.pending()), (2, 3));
}

pub(crate) fn what_a_shutdown_with_a_limit_left_goes_on<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 1);
    let pending = double::submit(&pool, 1);
    F::shutdown_timeout(pool.0, Duration::ZERO).unwrap_err();

    let running = held.let_go().soon();

    assert_eq!((running.unwrap(), pending.soon().unwrap()), (1, 2));
}

pub(crate) fn a_shutdown_with_a_limit_returns_when_all_is_done<F: Workers>() {
    let (pool, busy, ran) = fifty_queued::<F>();
    drop(busy);

    let ended = F::shutdown_timeout(pool.0, DEADLINE);

    assert_eq!((ended, ran.count()), (Ok(()), 50));
}

pub(crate) fn results_can_be_had_after_the_shutdown<F: Fixture>() {
    let pool = any::<F>(2);
    let (one, many) = (answer::submit(&pool), double::map(&pool, 0..100));

    drop(pool);

    assert_eq!(one.soon().unwrap(), 42);
    assert!(many.map(Result::unwrap).eq((0..100).map(|n| n * 2)));
}

/// What runs during a shutdown may submit more; a pool ends when nothing is left.
pub(crate) fn a_pool_that_is_drained_runs_what_its_own_calls_wait_for<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let go = tests::Gate::new();
    let inner = Arc::clone(&pool);
    let outer = pool.submit({
        let go = go.clone();
        call(move || {
            let awaited = double::submit(&inner, 21);
            drop(inner);
            go.wait();
            awaited.result()
        })
    });
    let dropping = blocked(move || drop(pool));
    let_pass(MOMENT);

    go.open();

    dropping.woken();
    assert_eq!(outer.soon().unwrap().unwrap(), 42);
}

pub(crate) fn a_shutdown_with_a_limit_counts_no_cancelled_call<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let queued = [1, 2, 3].map(|n| double::submit(&pool, n));
    queued[1].cancel();

    let still_busy = F::shutdown_timeout(pool.0, MOMENT).unwrap_err();

    assert_eq!((still_busy.running(), still_busy.pending()), (1, 2));
}

pub(crate) fn a_shutdown_with_a_limit_counts_no_idle_worker<F: Workers>() {
    let pool = any::<F>(4);
    let mut held = busy(&pool, 4);
    let _running = held.pop();
    held.into_iter()
        .for_each(|held| held.let_go().soon().unwrap());

    let still_busy = F::shutdown_timeout(pool.0, Duration::ZERO).unwrap_err();

    assert_eq!((still_busy.running(), still_busy.pending()), (1, 0));
}

pub(crate) fn what_a_shutdown_with_a_limit_left_runs_in_its_order<F: Workers>() {
    let (pool, order) = (any::<F>(1), FileTally::new());
    let busy = busy(&pool, 1);
    let futures = [1, 2, 3].map(|n| note::submit(&pool, &order, n));
    F::shutdown_timeout(pool.0, Duration::ZERO).unwrap_err();

    drop(busy);
    futures
        .into_iter()
        .for_each(|future| future.soon().unwrap());

    assert_eq!(order.notes(), [1, 2, 3]);
}

pub(crate) fn a_shutdown_with_no_time_ends_an_idle_pool<F: Workers>() {
    for _ in 0..many(100) {
        let pool = any::<F>(4);
        busy(&pool, 4)
            .into_iter()
            .for_each(|held| held.let_go().soon().unwrap());

        let ended = F::shutdown_timeout(pool.0, Duration::ZERO);

        assert_eq!(ended, Ok(()));
    }
}
