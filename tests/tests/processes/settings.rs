//! What a pool can be asked for: an initializer, an end of idle workers, and what makes no sense.

use std::time::Duration;

use concurrent_futures::{
    BuildError, MapOptions, Options, ProcessPool, ProcessPoolBuilder, Submit, TaskError, task,
};
use rustix::process::Signal;
use tests::{
    A_WHILE, DEADLINE, MOMENT, Soon,
    far::{FarHeld, FileGate, FileTally, pass_with},
    let_pass,
    system::{Process, signal},
    within,
};

use crate::{
    kit::{made, pool},
    tasks::who,
};

static PREPARED: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

/// Remembers a number in this worker.
#[task]
fn prepare(number: u32) {
    PREPARED.store(number, std::sync::atomic::Ordering::Relaxed);
}

/// The number that was remembered in this worker, and which worker it is.
#[task]
fn prepared() -> (u32, u32) {
    let number = PREPARED.load(std::sync::atomic::Ordering::Relaxed);
    (number, std::process::id())
}

#[test]
fn the_initializer_has_run_before_any_task_on_each_worker_and_its_replacement() {
    let builder = ProcessPool::builder().workers(1);
    let pool = made(builder.initializer(prepare::new(7)));

    let (number, first) = prepared::submit(&pool).soon().unwrap();
    signal(first, Signal::KILL);
    let (again, second) = prepared::submit(&pool).soon().unwrap();

    assert_eq!((number, again), (7, 7));
    assert_ne!(first, second);
}

/// Fails in all workers but the first.
#[task]
fn come_first(arrivals: &FileTally) -> Result<(), String> {
    arrivals.add();
    match arrivals.count() {
        1 => Ok(()),
        count => Err(format!("worker {count} is one too many")),
    }
}

/// Panics in all workers but the first.
#[task]
fn come_first_or_panic(arrivals: &FileTally) {
    come_first(arrivals).unwrap();
}

/// An initializer that fails on the second worker while a call runs on the first.
#[track_caller]
fn assert_breaks(builder: ProcessPoolBuilder) {
    let pool = made(builder.workers(2));
    let running = FarHeld::on(&pool, 7);

    let pending = who::submit(&pool).soon().unwrap_err();

    assert!(pending.is_executor_broken(), "{pending}");
    assert!(pending.to_string().contains("is one too many"), "{pending}");
    let later = who::submit(&pool).soon().unwrap_err();
    assert_eq!(later.to_string(), pending.to_string());
    assert_eq!(running.let_go().soon().unwrap(), 7);
}

#[test]
fn an_initializer_that_fails_on_the_second_worker_breaks_the_pool() {
    let arrivals = FileTally::new();

    assert_breaks(ProcessPool::builder().try_initializer(come_first::new(&arrivals)));
}

#[test]
fn an_initializer_that_panics_on_the_second_worker_breaks_the_pool() {
    let arrivals = FileTally::new();

    assert_breaks(ProcessPool::builder().initializer(come_first_or_panic::new(&arrivals)));
}

#[test]
fn a_worker_with_nothing_to_do_for_too_long_ends_and_another_follows() {
    let pool = made(ProcessPool::builder().workers(1).idle_timeout(MOMENT));
    let first = who::submit(&pool).soon().unwrap();
    tests::eventually("it has ended", || pool.pids().is_empty());

    let second = who::submit(&pool).soon().unwrap();

    assert_ne!(first, second);
}

#[test]
fn a_worker_that_is_busy_does_not_end_for_having_nothing_to_do() {
    let pool = made(ProcessPool::builder().workers(1).idle_timeout(MOMENT));
    let held = FarHeld::on(&pool, 7);
    let worker = Process::of(pool.pids()[0]);

    let_pass(10 * MOMENT);

    assert!(!worker.has_ended());
    assert_eq!(held.let_go().soon().unwrap(), 7);
}

#[test]
fn a_short_idle_timeout_loses_no_call() {
    let pool = made(
        ProcessPool::builder()
            .workers(1)
            .idle_timeout(Duration::ZERO),
    );

    for _ in 0..200 {
        who::submit(&pool).soon().unwrap();
    }
}

const AN_HOUR: Duration = Duration::from_secs(3600);

/// Returns at zero, and never at another number.
#[task]
fn end_at_zero(number: u64) {
    if number > 0 {
        loop {
            std::thread::park();
        }
    }
}

#[task(timeout = "200ms")]
fn end_at_zero_or_soon(number: u64) {
    end_at_zero(number);
}

/// This limit has passed.
#[track_caller]
fn assert_timed_out(outcome: Result<(), TaskError>, limit: &str) {
    let error = outcome.unwrap_err();
    assert!(error.is_timed_out(), "{error}");
    assert!(error.to_string().contains(limit), "{error}");
}

#[test]
fn a_pool_asks_its_limit_of_calls_that_have_none() {
    let pool = made(ProcessPool::builder().workers(1).timeout(A_WHILE));

    let outcomes = [0, 1].map(|number| end_at_zero::submit(&pool, number).soon());

    let [ended, endless] = outcomes;
    ended.unwrap();
    assert_timed_out(endless, "300ms");
}

#[test]
fn the_limit_of_a_task_comes_before_that_of_its_pool() {
    let pool = made(ProcessPool::builder().workers(1).timeout(AN_HOUR));

    let outcome = end_at_zero_or_soon::submit(&pool, 1).soon();

    assert_timed_out(outcome, "200ms");
}

#[test]
fn the_limit_of_a_call_comes_before_those_of_its_task_and_its_pool() {
    let pool = made(ProcessPool::builder().workers(1).timeout(AN_HOUR));
    let limit = Options::new().timeout(A_WHILE / 3);

    let outcome = pool.submit_with(end_at_zero_or_soon::new(1), limit);

    assert_timed_out(outcome.soon(), "100ms");
}

#[test]
fn the_limit_of_each_call_of_a_map_comes_before_those_of_its_task_and_its_pool() {
    let limit = Options::new().timeout(A_WHILE / 3);
    let options = MapOptions::new().each(limit);
    let outcomes = |options| {
        let pool = made(ProcessPool::builder().workers(1).timeout(AN_HOUR));
        let map = end_at_zero_or_soon::map_with(&pool, options, [0, 1, 0]).unwrap();
        map.collect::<Vec<_>>()
    };

    let alone = options.clone();
    let alone = within(DEADLINE, move || outcomes(alone));
    let chunked = within(DEADLINE, move || outcomes(options.chunk_size(3)));

    for outcomes in [alone, chunked] {
        let [first, endless, last] = outcomes.try_into().unwrap();
        assert!(first.is_ok() && last.is_ok());
        assert_timed_out(endless, "100ms");
    }
}

#[test]
fn a_limit_that_nobody_can_reach_lifts_that_of_the_pool() {
    let pool = made(ProcessPool::builder().workers(1).timeout(A_WHILE / 3));
    let (gate, go) = FileGate::shut();
    let lifted = Options::new().timeout(Duration::MAX);
    let held = pool.submit_with(pass_with::new(gate.clone(), 7), lifted);
    gate.reached_by(1);

    let_pass(A_WHILE);
    drop(go);

    assert_eq!(held.soon().unwrap(), 7);
}

/// A reader may look before it has ended, or after.
#[test]
fn a_limit_of_zero_leaves_no_call_without_an_end() {
    let pool = made(ProcessPool::builder().workers(2).timeout(Duration::ZERO));

    let endless = end_at_zero::submit(&pool, 1).soon();
    let others: Vec<_> = (0..20).map(|_| end_at_zero::submit(&pool, 0)).collect();

    assert_timed_out(endless, "0ns");
    let mut outcomes = others.into_iter().map(Soon::soon);
    assert!(outcomes.all(|outcome| outcome.err().is_none_or(|error| error.is_timed_out())));
}

#[test]
fn settings_that_make_no_sense_are_refused_by_name() {
    let error = |builder: ProcessPoolBuilder| builder.build().map(drop).unwrap_err();
    let builder = ProcessPool::builder;

    assert!(matches!(
        error(builder().workers(0)),
        BuildError::ZeroWorkers
    ));
    assert!(matches!(
        error(builder().max_pending(0)),
        BuildError::ZeroBound
    ));
    assert!(matches!(
        error(builder().max_tasks(0)),
        BuildError::ZeroTasks
    ));
    let many = error(builder().workers(1_000_000));
    assert!(matches!(many, BuildError::TooManyWorkers { .. }));
    let small = error(builder().max_frame(1));
    assert!(matches!(small, BuildError::FrameLimit { limit: 1, .. }));
}

#[test]
fn a_pool_says_how_many_workers_it_may_have_and_which_there_are() {
    let pool = pool(3);
    assert_eq!(concurrent_futures::Executor::workers(&pool), 3);

    let pid = who::submit(&pool).soon().unwrap();

    assert_eq!(pool.pids(), [pid]);
}
