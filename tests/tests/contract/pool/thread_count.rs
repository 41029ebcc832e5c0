//! How many threads a thread pool starts: never more than there are calls.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use concurrent_futures::{Future, Submit, ThreadPool};
use tests::{Gate, Soon, Tally, busy, call, eventually, many};

/// A pool, and how often its initializer has run.
fn counted(workers: usize) -> (ThreadPool, Arc<AtomicUsize>) {
    let started = Arc::new(AtomicUsize::new(0));
    let count = started.clone();
    let pool = ThreadPool::builder()
        .workers(workers)
        .initializer(move || {
            count.fetch_add(1, Ordering::SeqCst);
        })
        .build()
        .unwrap();
    (pool, started)
}

/// Runs `calls` calls on `workers` workers that all meet, and the test with them; how many threads
/// that took.
fn threads_of_calls_that_meet(workers: usize, calls: usize) -> usize {
    let (pool, started) = counted(workers);
    let meeting = Arc::new(Barrier::new(calls + 1));

    let futures: Vec<Future<()>> = (0..calls)
        .map(|_| {
            let meeting = meeting.clone();
            pool.spawn(move || {
                meeting.wait();
            })
        })
        .collect();
    meeting.wait();

    futures
        .into_iter()
        .for_each(|future| future.soon().unwrap());
    pool.shutdown();
    started.load(Ordering::SeqCst)
}

pub(crate) fn three_calls_that_meet_take_three_threads() {
    for _ in 0..many(300) {
        assert_eq!(threads_of_calls_that_meet(5, 3), 3);
    }
}

pub(crate) fn sixteen_calls_that_meet_take_half_of_32_workers() {
    for _ in 0..many(100) {
        assert_eq!(threads_of_calls_that_meet(32, 16), 16);
    }
}

pub(crate) fn as_many_calls_as_workers_that_meet_take_all_of_them() {
    for _ in 0..many(300) {
        assert_eq!(threads_of_calls_that_meet(4, 4), 4);
    }
}

pub(crate) fn bursts_of_several_threads_take_no_more_threads_than_calls() {
    for _ in 0..many(100) {
        let (pool, started) = counted(64);
        let meeting = Barrier::new(4);
        let go = Gate::new();
        let submit = || {
            meeting.wait();
            let go = go.clone();
            [(); 3].map(|()| {
                let go = go.clone();
                pool.spawn(move || go.wait())
            })
        };

        let futures: Vec<_> = thread::scope(|scope| {
            let submitters = [(); 4].map(|()| scope.spawn(submit));
            submitters
                .into_iter()
                .flat_map(|submitter| submitter.join().unwrap())
                .collect()
        });
        eventually("all calls run", || started.load(Ordering::SeqCst) >= 12);
        go.open();

        futures
            .into_iter()
            .for_each(|future| future.soon().unwrap());
        pool.shutdown();
        assert_eq!(started.load(Ordering::SeqCst), 12);
    }
}

pub(crate) fn calls_submitted_by_calls_take_no_more_threads_than_calls() {
    for _ in 0..many(100) {
        let (pool, started) = counted(16);
        let pool = Arc::new(pool);
        let (running, go) = (Tally::new(), Gate::new());
        let hold = {
            let (running, go) = (running.clone(), go.clone());
            move || {
                running.add();
                go.wait();
            }
        };

        let outer = {
            let (pool, hold) = (pool.clone(), hold.clone());
            [0, 1].map(|_| {
                let (inner, hold) = (pool.clone(), hold.clone());
                pool.spawn(move || {
                    let futures = [(); 2].map(|()| inner.spawn(hold.clone()));
                    hold();
                    futures
                })
            })
        };
        running.wait_for(6);
        go.open();

        for futures in outer.map(|future| future.soon().unwrap()) {
            futures
                .into_iter()
                .for_each(|future| future.soon().unwrap());
        }
        assert_eq!(started.load(Ordering::SeqCst), 6);
    }
}

pub(crate) fn calls_that_are_cancelled_at_once_take_one_thread() {
    let (pool, started) = counted(8);

    for _ in 0..many(5_000) {
        let future = pool.spawn(|| ());
        if !future.cancel() {
            future.soon().unwrap();
        }
    }

    pool.shutdown();
    assert!(started.load(Ordering::SeqCst) <= 1);
}

pub(crate) fn a_backlog_that_was_cancelled_takes_no_thread() {
    let (pool, started) = counted(64);
    let held = busy(&pool, 1);
    let go = Gate::new();
    let fill = || (0..20).map(|_| pool.spawn(|| ())).collect::<Vec<_>>();
    // So that the workers are there, and none of what was cancelled has run.
    let backlog: Vec<_> = {
        let gates = [(); 7].map(|()| {
            let go = go.clone();
            pool.spawn(move || go.wait())
        });
        gates.into_iter().collect()
    };
    eventually("eight threads", || started.load(Ordering::SeqCst) == 8);
    let cancelled = fill().iter().filter(|future| future.cancel()).count();
    let before = pool.threads();

    let last = pool.spawn(|| ());
    last.soon().unwrap();

    assert!(pool.threads() <= before + 1, "{cancelled} were cancelled");
    go.open();
    drop(held);
    backlog
        .into_iter()
        .for_each(|future| future.soon().unwrap());
}

pub(crate) fn one_call_after_another_takes_one_thread_while_threads_leave() {
    for limit in [Duration::ZERO, Duration::from_micros(50)] {
        let peak = Arc::new(AtomicUsize::new(0));
        let pool = ThreadPool::builder()
            .workers(8)
            .idle_timeout(limit)
            .build()
            .unwrap();

        for n in 0..many(2_000) {
            assert_eq!(pool.spawn(move || n).soon().unwrap(), n);
            peak.fetch_max(pool.threads(), Ordering::SeqCst);
        }

        assert_eq!(peak.load(Ordering::SeqCst), 1);
    }
}

pub(crate) fn two_calls_at_a_time_take_two_threads() {
    let (pool, started) = counted(8);

    let mut last = pool.submit(call(|| ()));
    for _ in 0..many(20_000) {
        let next = pool.submit(call(|| ()));
        last.soon().unwrap();
        last = next;
    }

    last.soon().unwrap();
    pool.shutdown();
    assert!(started.load(Ordering::SeqCst) <= 2);
}
