//! Piles up pending calls, on threads, and weighs the pile.
//!
//! Each `on_…` starts its workers, shuts the gate, and returns the bytes a
//! call; the workers are gone when it returns.

use crate::WORKERS;
use crate::counting::live_bytes;
use crate::gate::Gate;
use crate::mix::mix;
use concurrent_futures::{Executor, Here, ThreadPool, WorkStealingPool};

pub(crate) fn on_threads(calls: u64) -> f64 {
    let builder = ThreadPool::builder().workers(WORKERS);
    let pool = builder.build().expect("two workers are allowed");
    let gate = Gate::shut(WORKERS, |wait| pool.spawn(wait).detach());
    on_ours(calls, &pool, gate)
}

pub(crate) fn on_stealing(calls: u64) -> f64 {
    let builder = WorkStealingPool::builder().workers(WORKERS);
    let pool = builder.build().expect("two threads can be started");
    let gate = Gate::shut(WORKERS, |wait| pool.spawn(wait).detach());
    on_ours(calls, &pool, gate)
}

fn on_ours(calls: u64, pool: &impl Executor<Reach = Here>, gate: Gate) -> f64 {
    let submit = |n| mix::submit(pool, n);
    let (futures, bytes) = pile_up(calls, submit);
    gate.open();
    check(futures, |future| {
        future.result().expect("`mix` does not panic")
    });
    bytes
}

pub(crate) fn on_threadpool(calls: u64) -> f64 {
    let pool = threadpool::ThreadPool::new(WORKERS);
    let gate = Gate::shut(WORKERS, |wait| pool.execute(wait));
    let submit = |n| {
        let (tx, rx) = oneshot::channel();
        pool.execute(move || tx.send(mix(n)).expect("the caller waits"));
        rx
    };
    let (receivers, bytes) = pile_up(calls, submit);
    gate.open();
    check(receivers, |rx| rx.recv().expect("the worker sends"));
    bytes
}

/// Has no workers: this thread runs what has piled up.
pub(crate) fn on_bare_channel(calls: u64) -> f64 {
    let (closures, queue) = crossbeam_channel::unbounded::<Box<dyn FnOnce() + Send>>();
    let submit = |n| {
        let (tx, rx) = oneshot::channel();
        let closure = Box::new(move || tx.send(mix(n)).expect("the caller waits"));
        closures.send(closure).expect("the queue is there");
        rx
    };
    let (receivers, bytes) = pile_up(calls, submit);
    queue.try_iter().for_each(|closure| closure());
    check(receivers, |rx| rx.recv().expect("the closure has sent"));
    bytes
}

/// Submits all calls, and tells what each has added to the live bytes.
pub(crate) fn pile_up<P>(calls: u64, submit: impl Fn(u64) -> P) -> (Vec<P>, f64) {
    let before = live_bytes();
    let pending: Vec<P> = (0..calls).map(submit).collect();
    let held = live_bytes() - before;
    (pending, held as f64 / calls as f64)
}

/// Takes all results, of which each must be right.
pub(crate) fn check<P>(pending: Vec<P>, take: impl Fn(P) -> u64) {
    let results = pending.into_iter().map(take);
    let expected = (0..).map(mix);
    assert!(
        results
            .zip(expected)
            .all(|(found, expected)| found == expected)
    );
}
