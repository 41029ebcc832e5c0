//! Calls that wait for their next attempt: they are pending, and end as pending calls do.

use std::time::Duration;

use concurrent_futures::{Future, Options, ProcessPool, ProcessPoolBuilder, Submit, task};
use tests::{DEADLINE, MOMENT, Soon, eventually, far::FileTally, system::Process, within};

use crate::{
    kit::{Pool, made, pool},
    tasks::{note, survive, who},
};

/// A call that was started once and waits, for longer than any test does, to be started again.
struct Waiting {
    pool: Pool,
    call: Future<u64>,
    log: FileTally,
}

#[track_caller]
fn waiting() -> Waiting {
    waiting_on(ProcessPool::builder().workers(1), Duration::from_hours(1))
}

#[track_caller]
fn waiting_on(builder: ProcessPoolBuilder, backoff: Duration) -> Waiting {
    let (pool, log) = (made(builder), FileTally::new());
    let options = Options::new().retries(1).backoff(backoff);
    let call = pool.submit_with(survive::new(&log, 7, 2), options);
    log.wait_for(1);
    eventually("it runs no more", || !call.running());
    Waiting { pool, call, log }
}

impl Waiting {
    /// It is cancelled, and is not started again.
    #[track_caller]
    fn assert_cancelled(self) {
        let Self { pool, call, log } = self;
        let error = call.soon().unwrap_err();
        assert!(error.is_cancelled(), "{error}");
        drop(pool);
        assert_eq!(log.count(), 1);
    }
}

#[test]
fn a_call_that_waits_for_its_retry_is_neither_running_nor_done() {
    let Waiting { call, pool, .. } = waiting();

    assert!(!call.running() && !call.done() && !call.cancelled());

    who::submit(&pool).soon().unwrap();
    assert!(call.cancel());
}

#[test]
fn a_call_that_waits_for_its_retry_can_be_cancelled() {
    let waiting = waiting();

    assert!(waiting.call.cancel());

    waiting.assert_cancelled();
}

#[test]
fn an_abort_of_a_call_that_waits_for_its_retry_cancels_it() {
    let waiting = waiting();

    assert!(waiting.call.abort());

    waiting.assert_cancelled();
}

#[test]
fn a_call_that_waits_for_its_retry_can_be_aborted_though_its_start_was_told() {
    let pool = made(ProcessPool::builder().workers(1).record_times(true));
    let worker = Process::of(who::submit(&pool).soon().unwrap());
    let log = FileTally::new();
    let options = Options::new().retries(1).backoff(Duration::from_hours(1));
    let call = pool.submit_with(survive::new(&log, 7, 2), options);
    worker.ends();

    assert!(call.abort());

    Waiting { pool, call, log }.assert_cancelled();
}

#[test]
fn cancel_pending_cancels_a_call_that_waits_for_its_retry() {
    let waiting = waiting();

    assert_eq!(waiting.pool.cancel_pending(), 1);

    waiting.assert_cancelled();
}

#[test]
fn a_shutdown_waits_for_retries() {
    let Waiting { pool, call, log } = waiting_on(ProcessPool::builder().workers(1), 10 * MOMENT);

    within(DEADLINE, || pool.into_inner().shutdown());

    assert!(call.done());
    assert_eq!(call.soon().unwrap(), 7);
    assert_eq!(log.count(), 2);
}

#[test]
fn dropping_a_pool_waits_for_retries() {
    let (pool, log) = (pool(2), FileTally::new());
    let options = Options::new().retries(2).backoff(MOMENT);
    let calls: Vec<_> = (0..20)
        .map(|n| pool.submit_with(survive::new(&log, n, 3), options.clone()))
        .collect();

    drop(pool);

    for (n, call) in (0..).zip(calls) {
        assert!(call.done());
        assert_eq!(call.soon().unwrap(), n);
    }
    assert_eq!(log.count(), 60);
}

#[test]
fn a_closed_pool_still_retries() {
    let Waiting { pool, call, log } = waiting_on(ProcessPool::builder().workers(1), 10 * MOMENT);

    pool.close();

    assert!(who::submit(&pool).soon().unwrap_err().is_rejected());
    assert_eq!(call.soon().unwrap(), 7);
    assert_eq!(log.count(), 2);
}

#[test]
fn a_shutdown_that_nobody_waits_for_still_retries() {
    let Waiting { pool, call, log } = waiting_on(ProcessPool::builder().workers(1), 10 * MOMENT);

    pool.into_inner().shutdown_detached();

    assert_eq!(call.soon().unwrap(), 7);
    assert_eq!(log.count(), 2);
}

#[test]
fn a_shutdown_with_a_limit_says_that_a_retry_is_left() {
    let Waiting { pool, call, .. } = waiting();
    let pool = pool.into_inner();

    let left = within(DEADLINE, move || pool.shutdown_timeout(MOMENT));

    assert_eq!(left.unwrap_err().pending(), 1);
    assert!(call.cancel());
}

#[test]
fn shutdown_cancelling_cancels_a_call_that_waits_for_its_retry() {
    let Waiting { pool, call, log } = waiting();
    let pool = pool.into_inner();

    let count = within(DEADLINE, || pool.shutdown_cancelling());

    assert_eq!(count, 1);
    assert!(call.soon().unwrap_err().is_cancelled());
    assert_eq!(log.count(), 1);
}

#[test]
fn kill_ends_a_call_that_waits_for_its_retry() {
    let waiting = waiting();

    waiting.pool.kill();

    waiting.assert_cancelled();
}

#[test]
fn terminate_ends_a_call_that_waits_for_its_retry() {
    let waiting = waiting();

    waiting.pool.terminate();

    waiting.assert_cancelled();
}

#[test]
fn a_running_call_that_kill_ends_is_not_retried() {
    let (pool, log) = (pool(1), FileTally::new());
    let options = Options::new().retries(5).backoff(Duration::ZERO);
    let call = pool.submit_with(note_and_stay::new(&log), options);
    log.wait_for(1);

    pool.kill();

    assert!(call.soon().is_err());
    drop(pool);
    assert_eq!(log.count(), 1);
}

/// Notes that it runs, and does until that is ended.
#[task]
fn note_and_stay(log: &FileTally) {
    log.add();
    loop {
        std::thread::park();
    }
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

#[test]
fn a_pool_that_breaks_fails_a_call_that_waits_for_its_retry() {
    let arrivals = FileTally::new();
    let builder = ProcessPool::builder().workers(1);
    let builder = builder.try_initializer(come_first::new(&arrivals));
    let Waiting { pool, call, log } = waiting_on(builder, Duration::from_hours(1));

    let other = who::submit(&pool).soon().unwrap_err();

    assert!(other.is_executor_broken(), "{other}");
    let error = call.soon().unwrap_err();
    assert!(error.is_executor_broken(), "{error}");
    assert_eq!(log.count(), 1);
}

#[test]
fn a_retry_and_those_who_wait_for_a_place_under_a_bound_do_not_hold_each_other_up() {
    let builder = ProcessPool::builder().workers(1).max_pending(1);
    let Waiting { pool, call, log } = waiting_on(builder, 5 * MOMENT);

    let (pool, others) = within(DEADLINE, move || {
        let others = (10..60).map(|n| note::submit(&pool, &log, n));
        let others: Vec<_> = others.collect();
        (pool, others)
    });

    assert_eq!(call.soon().unwrap(), 7);
    for (n, other) in (10..).zip(others) {
        assert_eq!(other.soon().unwrap(), n);
    }
    drop(pool);
}

#[test]
fn a_retry_outlasts_the_time_that_idle_workers_have() {
    let builder = ProcessPool::builder().workers(1).idle_timeout(MOMENT);

    let Waiting { call, log, .. } = waiting_on(builder, 20 * MOMENT);

    assert_eq!(call.soon().unwrap(), 7);
    assert_eq!(log.count(), 2);
}
