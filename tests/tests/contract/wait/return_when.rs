//! `wait`: which futures come back as done, and when.

use std::time::Duration;

use concurrent_futures::{Future, Inline, Promise, ReturnWhen, SharedFuture, Submit, task, wait};
use tests::{
    DEADLINE, MOMENT, Soon, blocked, call, fallible,
    far::{FarHeld, FileGate, busy},
    many,
};

use crate::{
    fixture::{Fixture, LocalWorkers, Workers, any},
    tasks::{answer, double, fail_after, parse, stumble},
};

/// The keys of some (key, future) pairs.
fn keys<K: Copy, F>(pairs: &[(K, F)]) -> Vec<K> {
    pairs.iter().map(|(key, _)| *key).collect()
}

pub(crate) fn a_future_listed_twice_by_reference_counts_once<F: Fixture>() {
    let pool = any::<F>(1);
    let (one, two) = (double::submit(&pool, 1), double::submit(&pool, 2));

    let waited = wait([&one, &two, &one], ReturnWhen::AllCompleted, DEADLINE);

    assert_eq!(waited.done.len(), 2);
    assert!(waited.not_done.is_empty());
}

pub(crate) fn a_shared_future_listed_twice_counts_once<F: Fixture>() {
    let pool = any::<F>(1);
    let (one, two) = (
        double::submit(&pool, 1).shared(),
        double::submit(&pool, 2).shared(),
    );

    let waited = wait([one.clone(), two, one], ReturnWhen::AllCompleted, DEADLINE);

    assert_eq!(waited.done.len(), 2);
}

pub(crate) fn a_future_listed_twice_is_left_once<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 0);

    let waited = wait(
        [&held.future, &held.future],
        ReturnWhen::AllCompleted,
        MOMENT,
    );

    assert_eq!((waited.done.len(), waited.not_done.len()), (0, 1));
}

pub(crate) fn futures_of_different_executors_mix<F: Workers>() {
    let (one, two) = (any::<F>(1), any::<F>(1));
    let (promise, by_hand) = Promise::new();
    let (slow, quick) = (FarHeld::on(&one, 1), double::submit(&two, 1));
    let at_once = double::submit(&Inline, 2);

    promise.finish(Ok(6)).unwrap();
    drop(slow.go);
    let futures = [slow.future, quick, at_once, by_hand];
    let waited = wait(futures, ReturnWhen::AllCompleted, DEADLINE);

    let values: Vec<_> = waited
        .done
        .into_iter()
        .map(|future| future.soon().unwrap())
        .collect();
    assert_eq!(values, [1, 2, 4, 6]);
}

pub(crate) fn first_completed_returns_all_that_are_done_already<F: Workers>() {
    let pool = any::<F>(1);
    let done = [1, 2].map(|n| double::submit(&pool, n));
    done[1].get_soon().unwrap();
    done[0].get_soon().unwrap();
    let held = FarHeld::on(&pool, 7);

    let pairs = [("one", &done[0]), ("held", &held.future), ("two", &done[1])];
    let waited = wait(pairs, ReturnWhen::FirstCompleted, DEADLINE);

    assert_eq!(keys(&waited.done), ["one", "two"]);
    assert_eq!(keys(&waited.not_done), ["held"]);
}

pub(crate) fn first_completed_leaves_the_running_ones<F: Workers>() {
    let pool = any::<F>(2);
    let (held, other) = (FarHeld::on(&pool, 1), FarHeld::on(&pool, 2));
    drop(held.go);

    let waited = wait(
        [&held.future, &other.future],
        ReturnWhen::FirstCompleted,
        DEADLINE,
    );

    assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
    assert!(other.future.running());
    assert_eq!(other.let_go().soon().unwrap(), 2);
}

pub(crate) fn first_completed_wakes_when_one_finishes<F: Workers>() {
    let pool = any::<F>(2);
    let (one, two) = (FarHeld::on(&pool, 1), FarHeld::on(&pool, 2));
    let pairs = [(1, one.future), (2, two.future)];
    let waiting = blocked(move || wait(pairs, ReturnWhen::FirstCompleted, DEADLINE));

    drop(two.go);

    let waited = waiting.woken();
    assert_eq!(
        (keys(&waited.done), keys(&waited.not_done)),
        (vec![2], vec![1])
    );
}

pub(crate) fn first_completed_counts_a_cancelled_one<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 1);
    let pending = double::submit(&pool, 1);
    pending.cancel();

    let waited = wait(
        [("held", &held.future), ("pending", &pending)],
        ReturnWhen::FirstCompleted,
        DEADLINE,
    );

    assert_eq!(keys(&waited.done), ["pending"]);
}

pub(crate) fn first_exception_returns_earlier_successes_with_the_failure<F: Workers>() {
    let pool = any::<F>(1);
    let (success, failure) = (double::submit(&pool, 1), stumble::submit(&pool, 3));
    failure.get_soon().unwrap_err();
    success.get_soon().unwrap();
    let held = FarHeld::on(&pool, 7);

    let pairs = [
        ("success", &success),
        ("held", &held.future),
        ("failure", &failure),
    ];
    let waited = wait(pairs, ReturnWhen::FirstException, DEADLINE);

    assert_eq!(keys(&waited.done), ["success", "failure"]);
    assert_eq!(keys(&waited.not_done), ["held"]);
    assert!(held.future.running());
}

pub(crate) fn first_exception_wakes_on_a_panic<F: Workers>() {
    let pool = any::<F>(2);
    let (one, two) = (FarHeld::on(&pool, 1), FarHeld::at(&pool, fail_after::new));
    let pairs = [(1, one.future), (2, two.future)];
    let waiting = blocked(move || wait(pairs, ReturnWhen::FirstException, DEADLINE));

    drop(two.go);

    assert_eq!(keys(&waiting.woken().done), [2]);
}

pub(crate) fn first_exception_sleeps_through_a_success<F: Workers>() {
    let pool = any::<F>(2);
    let (one, two) = (FarHeld::on(&pool, 1), FarHeld::on(&pool, 2));
    let pairs = [(1, one.future.shared()), (2, two.future.shared())];
    let success = pairs[0].1.clone();
    let waiting = blocked(move || wait(pairs, ReturnWhen::FirstException, DEADLINE));

    drop(one.go);
    success.get_soon().unwrap();
    let still_waited = waiting.still_waits();
    drop(two.go);

    assert!(still_waited);
    assert_eq!(keys(&waiting.woken().done), [1, 2]);
}

pub(crate) fn a_cancelled_future_is_no_exception<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 1);
    let pending = double::submit(&pool, 1);
    pending.cancel();

    let waited = wait([&held.future, &pending], ReturnWhen::FirstException, MOMENT);

    assert_eq!(
        (waited.done.len(), waited.not_done.len()),
        (1, 1),
        "it waited to the end"
    );
}

pub(crate) fn a_cancel_does_not_wake_first_exception<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 1);
    let pending = double::submit(&pool, 1);
    let canceller = pending.canceller();
    let futures = [held.future, pending];
    let waiting = blocked(move || wait(futures, ReturnWhen::FirstException, DEADLINE));

    canceller.cancel();
    let still_waited = waiting.still_waits();
    drop(held.go);

    assert!(still_waited);
    assert_eq!(waiting.woken().done.len(), 2);
}

#[task]
fn parse_after(gate: &FileGate, text: &str) -> Result<u64, String> {
    gate.pass();
    parse(text.to_owned())
}

pub(crate) fn an_err_returned_by_a_task_is_an_exception<F: Workers>() {
    let pool = any::<F>(2);
    let held = FarHeld::at(&pool, |gate| parse_after::new(gate, "1"));
    let failed = parse::submit(&pool, "x".to_owned());

    let waited = wait(
        [("held", &held.future), ("failed", &failed)],
        ReturnWhen::FirstException,
        DEADLINE,
    );

    assert_eq!(
        (keys(&waited.done), keys(&waited.not_done)),
        (vec!["failed"], vec!["held"])
    );
}

pub(crate) fn an_err_returned_by_a_fallible_closure_is_an_exception<F: LocalWorkers>() {
    let pool = F::pool(2);
    let held = tests::Held::on(&pool, || Ok::<u64, String>(1));
    let failed = pool.submit(fallible(|| Err("out of paper".to_owned())));

    let waited = wait(
        [("held", &held.future), ("failed", &failed)],
        ReturnWhen::FirstException,
        DEADLINE,
    );

    assert_eq!(
        (keys(&waited.done), keys(&waited.not_done)),
        (vec!["failed"], vec!["held"])
    );
}

pub(crate) fn an_err_returned_by_a_plain_closure_is_a_value<F: LocalWorkers>() {
    let pool = F::pool(2);
    let held = tests::Held::on(&pool, || Ok::<u64, String>(1));
    let value = pool.submit(call(|| Err("out of paper".to_owned())));
    value.get_soon().unwrap().as_ref().unwrap_err();

    let waited = wait([&held.future, &value], ReturnWhen::FirstException, MOMENT);

    assert_eq!(
        (waited.done.len(), waited.not_done.len()),
        (1, 1),
        "it waited to the end"
    );
}

pub(crate) fn first_exception_among_done_ones_returns_them_all<F: Fixture>() {
    let pool = any::<F>(1);
    let futures = [1, 3, 5].map(|n| stumble::submit(&pool, n));
    for future in &futures {
        let _ = future.get_soon();
    }

    let waited = wait(&futures, ReturnWhen::FirstException, DEADLINE);

    assert_eq!((waited.done.len(), waited.not_done.len()), (3, 0));
}

pub(crate) fn all_completed_gives_successes_failures_and_cancelled_ones<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 1);
    let (success, failure, cancelled) = (
        double::submit(&pool, 1),
        stumble::submit(&pool, 3),
        double::submit(&pool, 2),
    );
    cancelled.cancel();
    let futures = [held.future, success, failure, cancelled];
    drop(held.go);

    let waited = wait(futures, ReturnWhen::AllCompleted, None);

    let outcomes = waited
        .done
        .into_iter()
        .map(|future| future.soon().map_err(|error| error.is_cancelled()));
    assert_eq!(
        outcomes.collect::<Vec<_>>(),
        [Ok(1), Ok(2), Err(false), Err(true)]
    );
    assert!(waited.not_done.is_empty());
}

pub(crate) fn all_completed_leaves_nothing<F: Fixture>() {
    let pool = any::<F>(2);
    let futures: Vec<_> = (0..100).map(|n| stumble::submit(&pool, n)).collect();

    let waited = wait(&futures, ReturnWhen::AllCompleted, None);

    assert_eq!((waited.done.len(), waited.not_done.len()), (100, 0));
    assert!(futures.iter().all(Future::done));
}

pub(crate) fn waiting_for_nothing_returns_at_once<F: Fixture>() {
    let none: [Future<u64>; 0] = [];

    let waited = wait(none, ReturnWhen::AllCompleted, None);

    assert!(waited.done.is_empty() && waited.not_done.is_empty());
}

pub(crate) fn a_timeout_partitions_the_futures<F: Workers>() {
    let pool = any::<F>(1);
    let done = answer::submit(&pool);
    done.get_soon().unwrap();
    let held = FarHeld::on(&pool, 7);
    let pending = answer::submit(&pool);
    let pairs = [
        ("held", &held.future),
        ("done", &done),
        ("pending", &pending),
    ];

    let waits = [Duration::ZERO, MOMENT].map(|limit| wait(pairs, ReturnWhen::AllCompleted, limit));

    for waited in waits {
        assert_eq!(keys(&waited.done), ["done"]);
        assert_eq!(keys(&waited.not_done), ["held", "pending"]);
    }
}

pub(crate) fn several_threads_may_wait_for_one_future<F: Workers>() {
    let pool = any::<F>(1);
    let FarHeld { future, go } = FarHeld::on(&pool, 42);
    let future: SharedFuture<u64> = future.shared();
    let waiting = [(); 4].map(|()| {
        let future = future.clone();
        blocked(move || {
            wait([future], ReturnWhen::AllCompleted, DEADLINE)
                .done
                .len()
        })
    });

    drop(go);

    assert_eq!(waiting.map(|thread| thread.woken()), [1; 4]);
}

/// Waits over and over while most of the futures stay: nothing of an earlier wait is left in them.
pub(crate) fn an_earlier_wait_leaves_nothing_behind<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let pending = double::submit(&pool, 21);
    for _ in 0..many(1_000) {
        assert!(
            wait([&pending], ReturnWhen::AllCompleted, Duration::ZERO)
                .done
                .is_empty()
        );
    }
    let canceller = pending.canceller();
    let waiting = blocked(move || {
        wait([pending], ReturnWhen::AllCompleted, DEADLINE)
            .done
            .len()
    });

    canceller.cancel();

    assert_eq!(waiting.woken(), 1);
}
