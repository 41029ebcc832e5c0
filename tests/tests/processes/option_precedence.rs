//! Limits and retries that are asked of a call, of its task and of its pool: the nearer wins, one
//! by one.

use std::time::{Duration, Instant};

use concurrent_futures::{
    MapOptions, Options, ProcessPool, ProcessPoolBuilder, Submit, TaskError, task,
};
use tests::{
    MOMENT, Soon,
    far::{Death, FileTally},
};

use crate::{
    kit::{Pool, made},
    memory_limits::{MIB, hoard},
    tasks::{die, survive},
};

fn retrying(count: u32) -> ProcessPoolBuilder {
    let builder = ProcessPool::builder().workers(1);
    builder.retries(count).backoff(Duration::ZERO)
}

/// Ends the worker each time.
#[task(retries = 1)]
fn die_twice() {
    Death::Kill.now();
}

#[track_caller]
fn attempts(result: Result<(), TaskError>) -> u32 {
    result.unwrap_err().attempts()
}

#[test]
fn the_retries_of_a_pool_are_those_of_each_call_that_asks_none() {
    let pool = made(retrying(2));

    let call = die::submit(&pool, Death::Abort);

    assert_eq!(attempts(call.soon()), 3);
}

/// Processes support retries, so there is nothing to skip.
#[test]
fn a_pool_that_skips_what_it_cannot_keep_keeps_what_it_can() {
    let pool = made(retrying(2).skip_unsupported(true));

    let call = die_twice::submit(&pool);

    assert_eq!(attempts(call.soon()), 2);
}

#[test]
fn the_retries_of_a_task_come_before_those_of_the_pool() {
    let pool = made(retrying(2));

    let call = die_twice::submit(&pool);

    assert_eq!(attempts(call.soon()), 2);
}

#[test]
fn the_retries_of_a_call_come_before_those_of_its_task_and_pool() {
    let pool = made(retrying(2));

    let none = pool.submit_with(die_twice {}, Options::new().retries(0));
    let more = pool.submit_with(die_twice {}, Options::new().retries(4));

    assert_eq!(attempts(none.soon()), 1);
    assert_eq!(attempts(more.soon()), 5);
}

#[test]
fn the_retries_of_each_call_of_a_map_come_before_those_of_its_task_and_pool() {
    let pool = made(retrying(2));
    let options = MapOptions::new().each(Options::new().retries(3));

    let results = pool.map_with(options, [die_twice {}, die_twice {}]);

    for result in results.unwrap() {
        assert_eq!(attempts(result), 4);
    }
}

#[test]
fn a_call_that_asks_for_retries_waits_as_long_as_its_pool_says() {
    let builder = ProcessPool::builder().workers(1).backoff(20 * MOMENT);
    let (pool, log) = (made(builder), FileTally::new());
    let start = Instant::now();

    let call = pool.submit_with(survive::new(&log, 7, 2), Options::new().retries(1));

    assert_eq!(call.soon().unwrap(), 7);
    assert!(start.elapsed() >= 20 * MOMENT);
}

/// Notes that it runs, and hangs.
#[task(retries = 1, backoff = "1ms", retry_timeouts = true, timeout = "50ms")]
fn hang_twice(log: &FileTally) {
    log.add();
    loop {
        std::thread::park();
    }
}

#[test]
fn whether_time_outs_are_retried_may_be_asked_of_pool_task_and_call() {
    let log = FileTally::new();
    let pool = made(retrying(2).retry_timeouts(true).timeout(MOMENT));
    let call = hang::new(&log);
    assert_eq!(attempts(pool.submit(call).soon()), 3);
    assert_eq!(attempts(hang_twice::submit(&pool, &log).soon()), 2);

    let never = Options::new().retry_timeouts(false);
    let call = pool.submit_with(hang_twice::new(&log), never);

    assert_eq!(attempts(call.soon()), 1);
}

/// Notes that it runs, and hangs.
#[task]
fn hang(log: &FileTally) {
    log.add();
    loop {
        std::thread::park();
    }
}

/// Notes that it runs, and holds too much until its worker is ended.
#[task(memory = "96MiB")]
fn hoard_here(log: &FileTally) -> u64 {
    hoard(log, 7, 300 * MIB)
}

#[track_caller]
fn limit(result: Result<u64, TaskError>) -> u64 {
    let error = result.unwrap_err();
    let memory = error.memory_use();
    memory.unwrap_or_else(|| panic!("{error}")).limit()
}

fn limited(bytes: u64) -> Pool {
    made(ProcessPool::builder().workers(1).memory(bytes))
}

#[test]
fn the_memory_limit_of_a_pool_is_that_of_each_call_that_asks_none() {
    let (pool, log) = (limited(128 * MIB), FileTally::new());

    let call = hoard::submit(&pool, &log, 7, 300 * MIB);

    assert_eq!(limit(call.soon()), 128 * MIB);
}

#[test]
fn the_memory_limit_of_a_task_comes_before_that_of_the_pool() {
    let (pool, log) = (limited(1024 * MIB), FileTally::new());

    let call = hoard_here::submit(&pool, &log);

    assert_eq!(limit(call.soon()), 96 * MIB);
}

#[test]
fn the_memory_limit_of_a_call_comes_before_those_of_its_task_and_pool() {
    let (pool, log) = (limited(1024 * MIB), FileTally::new());
    let options = Options::new().memory(160 * MIB);

    let call = pool.submit_with(hoard_here::new(&log), options);

    assert_eq!(limit(call.soon()), 160 * MIB);
}
