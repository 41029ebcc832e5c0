//! `as_completed`: the order, the deadline, what it keeps, and what can be added.

use std::{thread, time::Duration};

use concurrent_futures::{Future, Inline, Promise, SharedFuture, as_completed};
use tests::{DEADLINE, Gate, MOMENT, Soon, blocked, far::FarHeld, let_pass, within};

use crate::{
    fixture::{Fixture, Workers, any},
    tasks::{answer, double, stumble},
};

type Promises = Vec<Promise<usize>>;
type Numbered = Vec<(usize, Future<usize>)>;

/// Promises, and their futures with numbers as keys.
fn numbered(count: usize) -> (Promises, Numbered) {
    let (promises, futures): (Vec<_>, Vec<_>) = (0..count).map(|_| Promise::new()).unzip();
    (promises, futures.into_iter().enumerate().collect())
}

pub(crate) fn each_future_comes_once<F: Fixture>() {
    let pool = any::<F>(2);
    let futures: Vec<_> = (0..100).map(|n| (n, stumble::submit(&pool, n))).collect();

    let mut keys: Vec<_> = as_completed(futures).map(|(key, _)| key).collect();

    keys.sort_unstable();
    assert_eq!(keys, Vec::from_iter(0..100));
}

pub(crate) fn each_future_that_comes_is_done<F: Fixture>() {
    let pool = any::<F>(2);
    let futures: Vec<_> = (0..100).map(|n| double::submit(&pool, n)).collect();

    let all_done = as_completed(&futures).all(Future::done);

    assert!(all_done);
}

pub(crate) fn a_future_listed_twice_comes_once<F: Fixture>() {
    let pool = any::<F>(1);
    let (one, two) = (answer::submit(&pool), answer::submit(&pool).shared());

    let by_reference = as_completed([&one, &one]).count();
    let shared = as_completed([two.clone(), two]).count();

    assert_eq!((by_reference, shared), (1, 1));
}

pub(crate) fn done_ones_come_first<F: Workers>() {
    let pool = any::<F>(1);
    let done = [1, 2].map(|n| double::submit(&pool, n));
    for future in &done {
        future.get_soon().unwrap();
    }
    let FarHeld { future, go } = FarHeld::on(&pool, 7);
    let [one, two] = done;

    let mut futures = as_completed([("held", future), ("one", one), ("two", two)]);
    let first = [futures.next().unwrap().0, futures.next().unwrap().0];
    drop(go);
    let last = futures.next().unwrap().0;

    assert_eq!((first, last), (["one", "two"], "held"));
    assert!(futures.next().is_none());
}

#[test]
fn each_comes_as_it_finishes() {
    let (promises, futures) = numbered(4);
    let mut promises: Vec<_> = promises.into_iter().map(Some).collect();
    let mut futures = as_completed(futures);

    let order = [2, 0, 3, 1].map(|next: usize| {
        promises[next].take().unwrap().finish(Ok(next)).unwrap();
        futures.next().unwrap().0
    });

    assert_eq!(order, [2, 0, 3, 1]);
    assert!(futures.next().is_none());
}

#[test]
fn what_finished_between_two_looks_comes_in_the_order_of_finishing() {
    let (mut promises, futures) = numbered(4);
    let futures = as_completed(futures);
    while let Some(promise) = promises.pop() {
        promise.finish(Ok(0)).unwrap();
    }

    let order: Vec<_> = futures.map(|(key, _)| key).collect();

    assert_eq!(order, [3, 2, 1, 0]);
}

#[test]
fn a_blocked_next_wakes_when_one_finishes() {
    let (mut promises, futures) = numbered(2);
    let waiting = blocked(move || as_completed(futures).next().unwrap().0);

    promises.remove(1).finish(Ok(1)).unwrap();

    assert_eq!(waiting.woken(), 1);
}

#[test]
fn len_counts_those_that_are_left() {
    let (promises, futures) = numbered(3);
    let mut futures = as_completed(futures);
    for (n, promise) in promises.into_iter().enumerate() {
        promise.finish(Ok(n)).unwrap();
    }

    let lens = [(); 4].map(|()| {
        let len = futures.len();
        futures.next();
        len
    });

    assert_eq!(lens, [3, 2, 1, 0]);
}

#[test]
fn at_the_deadline_the_done_ones_come_and_then_one_error() {
    let (mut promises, futures) = numbered(4);
    let mut futures = as_completed(futures).timeout(MOMENT);
    promises.remove(3).finish(Ok(3)).unwrap();
    promises.remove(1).finish(Ok(1)).unwrap();
    let_pass(2 * MOMENT);

    let done = [(); 2].map(|()| futures.next().unwrap().unwrap().0);
    let error = futures.next().unwrap().unwrap_err();

    assert_eq!(done, [3, 1]);
    assert_eq!(error.to_string(), "2 (of 4) futures unfinished");
    assert_eq!((error.unfinished(), error.total()), (2, 4));
    assert!(futures.next().is_none(), "one error, then the end");
}

#[test]
fn the_unfinished_futures_can_be_had_back() {
    let (promises, futures) = numbered(3);
    let mut futures = as_completed(futures).timeout(Duration::ZERO);
    let error = futures.next().unwrap().unwrap_err();

    let back = error.into_futures();
    promises
        .into_iter()
        .enumerate()
        .for_each(|(n, promise)| promise.finish(Ok(n)).unwrap());

    let mut values: Vec<_> = back
        .into_iter()
        .map(|(key, future)| (key, future.soon().unwrap()))
        .collect();
    values.sort_unstable();
    assert_eq!(values, [(0, 0), (1, 1), (2, 2)]);
}

#[test]
fn all_that_are_done_come_however_late_they_are_asked_for() {
    let (promises, futures) = numbered(3);
    let futures = as_completed(futures).timeout(Duration::ZERO);
    promises
        .into_iter()
        .for_each(|promise| promise.finish(Ok(0)).unwrap());

    let done: Vec<_> = futures.map(Result::unwrap).collect();

    assert_eq!(done.len(), 3);
}

/// The future finishes a second after the first `next`: too late by the clock of the call.
#[test]
fn the_clock_starts_at_the_call() {
    let limit = Duration::from_secs(2);
    let (mut promises, futures) = numbered(1);
    let mut futures = as_completed(futures).timeout(limit);
    let_pass(limit);

    let first = Gate::new();
    let promise = promises.remove(0);
    let late = thread::spawn({
        let first = first.clone();
        move || {
            first.wait();
            let_pass(limit / 2);
            promise.finish(Ok(0))
        }
    });
    first.open();
    let unfinished = futures.next().unwrap().is_err();

    assert!(unfinished);
    late.join().unwrap().unwrap();
}

#[test]
fn what_has_come_is_not_kept_alive() {
    let (dropped, (promise, future)) = (Gate::new(), Promise::new());
    let (_other, unfinished) = Promise::new();
    promise.finish(Ok(dropped.open_on_drop())).unwrap();
    let mut futures = as_completed([future, unfinished]);

    drop(futures.next().unwrap());

    assert!(
        dropped.is_open(),
        "while the iterator still waits for another"
    );
    assert_eq!(futures.len(), 1);
}

#[test]
fn a_shared_future_that_has_come_is_not_kept_alive() {
    let (dropped, (promise, future)) = (Gate::new(), Promise::new());
    let (_other, unfinished) = Promise::new();
    let future: SharedFuture<_> = future.shared();
    let mut futures = as_completed([future.clone(), unfinished.shared()]);
    promise.finish(Ok(dropped.open_on_drop())).unwrap();

    drop((future, futures.next().unwrap()));

    assert!(
        dropped.is_open(),
        "while the iterator still waits for another"
    );
}

pub(crate) fn futures_can_be_added_while_iterating<F: Fixture>() {
    let pool = any::<F>(2);
    let mut futures = as_completed([(8, double::submit(&pool, 8))]);
    let mut seen = Vec::new();

    while let Some((n, future)) = futures.next() {
        seen.push((n, future.soon().unwrap()));
        if n > 1 {
            futures.add((n / 2, double::submit(&pool, n / 2)));
        }
    }

    assert_eq!(seen, [(8, 16), (4, 8), (2, 4), (1, 2)]);
}

#[test]
fn futures_can_be_added_to_an_iterator_that_has_ended() {
    let mut futures = as_completed(Vec::new());
    assert!(futures.next().is_none());

    futures.add(double::submit(&Inline, 21));

    assert_eq!(futures.next().unwrap().soon().unwrap(), 42);
    assert!(futures.next().is_none());
}

#[test]
fn a_future_added_again_comes_once() {
    let (promise, future) = Promise::<u64>::new();
    let mut futures = as_completed([&future]);
    futures.add(&future);

    promise.finish(Ok(1)).unwrap();

    assert_eq!(futures.count(), 1);
}

pub(crate) fn each_future_carries_its_key<F: Fixture>() {
    let pool = any::<F>(2);
    let words = ["one", "three", "seventeen"].map(str::to_owned);

    let calls = words
        .iter()
        .map(|word| (word.clone(), double::submit(&pool, word.len() as u64)));
    let mut lengths: Vec<_> = as_completed(calls)
        .map(|(word, len)| (word, len.soon().unwrap()))
        .collect();

    lengths.sort_unstable();
    assert_eq!(
        lengths,
        [
            ("one".to_owned(), 6),
            ("seventeen".to_owned(), 18),
            ("three".to_owned(), 10)
        ]
    );
}

/// Each of 100,000 finishes alone and is taken at once: looking at all of them every time would
/// take for ever.
#[test]
fn taking_the_first_of_100_000_over_and_over_costs_the_same_each_time() {
    const COUNT: usize = 100_000;
    let taken = within(DEADLINE, || {
        let (promises, futures) = numbered(COUNT);
        let mut futures = as_completed(futures);
        let finished = promises.into_iter().enumerate().rev();
        finished
            .map(|(n, promise)| {
                promise.finish(Ok(n)).unwrap();
                futures.next().unwrap().0
            })
            .eq((0..COUNT).rev())
    });

    assert!(taken, "each as it finished");
}

#[test]
fn taking_100_000_that_are_done_costs_the_same_each_time() {
    const COUNT: u64 = 100_000;

    let taken = within(DEADLINE, || {
        as_completed((0..COUNT).map(|n| double::submit(&Inline, n))).count()
    });

    assert_eq!(taken as u64, COUNT);
}

#[test]
fn an_iterator_dropped_early_leaves_the_futures_of_others_alone() {
    let (promise, future) = Promise::<u64>::new();
    let mut futures = as_completed([&future]).timeout(Duration::ZERO);
    assert!(futures.next().unwrap().is_err());
    drop(futures);

    promise.finish(Ok(42)).unwrap();

    assert_eq!(future.soon().unwrap(), 42);
}
