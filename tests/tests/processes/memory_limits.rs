//! Limits of memory: the call that breaks one fails, and no call is blamed for what another has
//! leaked.

use std::{hint::black_box, thread, time::Duration};

use concurrent_futures::{MapOptions, Options, ProcessPool, Submit, TaskError, task};
use tests::{
    DEADLINE, MOMENT, Soon, eventually,
    far::{FarHeld, FileTally},
    let_pass,
    system::Process,
};

use crate::{
    kit::{Pool, counts, made, one_worker, pool},
    tasks::{note, who},
};

pub(crate) const MIB: u64 = 1 << 20;

/// What a worker does not hold unless a call makes it.
const LIMIT: u64 = 128 * MIB;
const TOO_MUCH: u64 = 300 * MIB;

/// Notes that it runs, and holds `bytes` until its worker is ended.
#[task]
pub(crate) fn hoard(log: &FileTally, number: u64, bytes: u64) -> u64 {
    log.note(number);
    keep(&touched(bytes))
}

/// Notes its number; holds too much until its worker is ended if that is thirteen.
#[task]
fn hoard_unlucky(log: &FileTally, number: u64) -> u64 {
    log.note(number);
    let memory = touched(if number == 13 { TOO_MUCH } else { MIB });
    if number == 13 {
        keep(&memory);
    }
    number
}

/// Holds `bytes` for a while. The worker.
#[task]
fn borrow(bytes: u64) -> u32 {
    let memory = touched(bytes);
    let_pass(10 * MOMENT);
    black_box(&memory);
    std::process::id()
}

/// Never gives `bytes` back. The worker.
#[task]
fn leak(bytes: u64) -> u32 {
    std::mem::forget(black_box(touched(bytes)));
    std::process::id()
}

/// Notes its number after a while.
#[task]
fn dawdle(log: &FileTally, number: u64) -> u64 {
    let_pass(5 * MOMENT);
    log.note(number);
    number
}

/// Holds it until the worker is ended.
fn keep(memory: &[u8]) -> ! {
    loop {
        black_box(memory);
        thread::park();
    }
}

fn touched(bytes: u64) -> Vec<u8> {
    vec![1; usize::try_from(bytes).unwrap()]
}

fn at_most(bytes: u64) -> Options {
    Options::new().memory(bytes)
}

fn limited_pool(workers: usize, bytes: u64) -> Pool {
    made(ProcessPool::builder().workers(workers).memory(bytes))
}

/// It broke this limit.
#[track_caller]
fn assert_broke(error: &TaskError, limit: u64) {
    assert!(error.is_memory_exceeded(), "{error}");
    let memory = error.memory_use().expect("it says how much");
    assert_eq!(memory.limit(), limit, "{error}");
    assert!(memory.size() > limit, "{error}");
}

#[test]
fn a_call_above_its_memory_limit_fails_and_nothing_else_is_touched() {
    let (pool, pid) = one_worker();
    let worker = Process::of(pid);
    let (log, tally) = (FileTally::new(), FileTally::new());
    let held = FarHeld::on(&pool, 1);
    let greedy = pool.submit_with(hoard::new(&log, 7, TOO_MUCH), at_most(LIMIT));
    let others: Vec<_> = (0..20).map(|n| note::submit(&pool, &tally, n)).collect();

    assert_eq!(held.let_go().soon().unwrap(), 1);

    assert_broke(&greedy.soon().unwrap_err(), LIMIT);
    for (n, other) in (0..).zip(others) {
        assert_eq!(other.soon().unwrap(), n);
    }
    assert!(tally.notes().into_iter().eq(0..20), "{:?}", tally.notes());
    worker.ends();
    assert_ne!(who::submit(&pool).soon().unwrap(), pid);
}

#[test]
fn the_error_of_a_broken_memory_limit_says_what_the_worker_held() {
    let (pool, log) = (pool(1), FileTally::new());

    let call = pool.submit_with(hoard::new(&log, 7, TOO_MUCH), at_most(LIMIT));

    let error = call.soon().unwrap_err();
    assert_broke(&error, LIMIT);
    let size = error.memory_use().unwrap().size();
    assert!(size < 2 * TOO_MUCH, "{size}");
    let text = error.to_string();
    assert!(text.contains("memory limit of 128 MiB exceeded"), "{text}");
    assert_eq!(error.task(), Some("processes::memory_limits::hoard"));
    assert!(error.death().is_none() && !error.is_worker_lost());
}

#[test]
fn a_call_below_its_memory_limit_keeps_its_worker() {
    let (pool, pid) = one_worker();

    let call = pool.submit_with(borrow::new(64 * MIB), at_most(LIMIT));

    assert_eq!(call.soon().unwrap(), pid);
    assert_eq!(who::submit(&pool).soon().unwrap(), pid);
}

#[test]
fn a_call_without_a_memory_limit_is_left_alone() {
    let (pool, log) = (pool(2), FileTally::new());

    let free = borrow::submit(&pool, TOO_MUCH);
    let limited = pool.submit_with(hoard::new(&log, 7, TOO_MUCH), at_most(LIMIT));

    free.soon().unwrap();
    assert_broke(&limited.soon().unwrap_err(), LIMIT);
    borrow::submit(&pool, TOO_MUCH).soon().unwrap();
}

#[test]
fn a_limit_that_nobody_can_reach_lifts_that_of_the_pool() {
    let pool = limited_pool(1, LIMIT);

    let call = pool.submit_with(borrow::new(TOO_MUCH), at_most(u64::MAX));

    call.soon().unwrap();
}

#[test]
fn a_worker_that_has_leaked_too_much_is_retired_and_blames_nobody() {
    let pool = limited_pool(1, LIMIT);
    let mut last = None;

    for _ in 0..5 {
        let leaking = pool.submit_with(leak::new(TOO_MUCH), at_most(u64::MAX));
        let pid = leaking.soon().unwrap();
        let worker = Process::of(pid);
        let next = who::submit(&pool).soon().unwrap();

        assert_ne!(next, pid);
        assert_ne!(Some(pid), last);
        worker.ends();
        last = Some(pid);
    }
}

#[test]
fn calls_behind_one_that_leaks_are_not_blamed_for_it() {
    let (pool, log) = (limited_pool(1, LIMIT), FileTally::new());
    let mut calls = Vec::new();
    for round in 0..3 {
        let leaking = pool.submit_with(leak::new(TOO_MUCH), at_most(u64::MAX));
        let behind = (0..3).map(|n| dawdle::submit(&pool, &log, round * 3 + n));
        calls.push((leaking, behind.collect::<Vec<_>>()));
    }

    for (n, (leaking, behind)) in calls.into_iter().enumerate() {
        leaking.soon().unwrap();
        for (step, call) in behind.into_iter().enumerate() {
            assert_eq!(call.soon().unwrap() as usize, n * 3 + step);
        }
    }
    assert!(log.notes().into_iter().eq(0..9), "{:?}", log.notes());
}

#[test]
fn a_worker_that_leaks_a_little_at_a_time_is_retired_in_time() {
    let (pool, log) = (limited_pool(1, LIMIT), FileTally::new());
    let mut pids = Vec::new();

    for n in 0..40 {
        let leaking = pool.submit_with(leak::new(16 * MIB), at_most(u64::MAX));
        pids.push(leaking.soon().unwrap());
        note::submit(&pool, &log, n).soon().unwrap();
    }

    pids.dedup();
    assert!(pids.len() > 3, "{pids:?}");
    assert!(pids.len() < 40, "{pids:?}");
}

#[test]
fn a_worker_that_has_leaked_too_much_goes_though_nothing_follows() {
    let pool = limited_pool(1, LIMIT);

    let leaking = pool.submit_with(leak::new(TOO_MUCH), at_most(u64::MAX));

    let pid = leaking.soon().unwrap();
    eventually("it is gone", || !pool.pids().contains(&pid));
}

#[test]
fn a_worker_below_the_memory_limit_of_its_pool_stays() {
    let pool = limited_pool(1, LIMIT);
    let pid = who::submit(&pool).soon().unwrap();

    for _ in 0..100 {
        assert_eq!(who::submit(&pool).soon().unwrap(), pid);
    }

    let_pass(10 * MOMENT);
    assert_eq!(who::submit(&pool).soon().unwrap(), pid);
}

#[test]
fn a_limit_below_what_an_idle_worker_holds_fails_the_call() {
    let (pool, log) = (pool(1), FileTally::new());

    let call = pool.submit_with(hoard::new(&log, 7, 0), at_most(4096));

    assert_broke(&call.soon().unwrap_err(), 4096);
    who::submit(&pool).soon().unwrap();
}

#[test]
fn a_limit_of_a_pool_below_what_an_idle_worker_holds_fails_its_calls() {
    let (pool, log) = (limited_pool(1, 4096), FileTally::new());

    for _ in 0..3 {
        let call = hoard::submit(&pool, &log, 7, 0);

        assert_broke(&call.soon().unwrap_err(), 4096);
    }
    // A call may end before anybody has looked.
    if let Err(error) = who::submit(&pool).soon() {
        assert_broke(&error, 4096);
    }
}

#[test]
fn a_memory_limit_in_a_chunk_blames_the_item_that_broke_it() {
    let (pool, log) = (pool(2), FileTally::new());
    let calls = (0..40).map(|n| hoard_unlucky::new(&log, n));
    let options = MapOptions::new().chunk_size(10).each(at_most(LIMIT));

    let results = pool.map_with(options, calls).unwrap();
    let results: Vec<_> = results.collect();

    for (n, result) in (0..).zip(results) {
        match result {
            Ok(value) => assert_eq!(value, n),
            Err(error) => {
                assert_eq!(n, 13, "{error}");
                assert_broke(&error, LIMIT);
            }
        }
    }
    let counts = counts(&log);
    assert!((0..40).all(|n| counts[&n] == 1), "{counts:?}");
}

#[test]
fn of_a_limit_of_time_and_one_of_memory_that_counts_which_strikes() {
    let (pool, log) = (pool(1), FileTally::new());
    let late = at_most(1 << 40).timeout(20 * MOMENT);
    let large = at_most(LIMIT).timeout(DEADLINE);

    let late = pool.submit_with(hoard::new(&log, 7, MIB), late);
    let large = pool.submit_with(hoard::new(&log, 8, TOO_MUCH), large);

    assert!(late.soon().unwrap_err().is_timed_out());
    assert_broke(&large.soon().unwrap_err(), LIMIT);
}

#[test]
fn a_call_that_breaks_its_memory_limit_is_not_retried() {
    let (pool, log) = (pool(1), FileTally::new());
    let options = at_most(LIMIT).retries(3).backoff(Duration::ZERO);
    let options = options.retry_timeouts(true);

    let call = pool.submit_with(hoard::new(&log, 7, TOO_MUCH), options);

    let error = call.soon().unwrap_err();
    assert_broke(&error, LIMIT);
    assert_eq!(error.attempts(), 1);
    assert_eq!(log.count(), 1);
}

#[test]
fn an_abort_of_a_call_with_a_memory_limit_cancels_it() {
    let (pool, log) = (pool(1), FileTally::new());
    let call = pool.submit_with(hoard::new(&log, 7, MIB), at_most(LIMIT));
    log.wait_for(1);

    assert!(call.abort());

    assert!(call.soon().unwrap_err().is_cancelled());
}

#[test]
fn in_a_storm_of_greedy_calls_only_those_fail_and_every_other_runs_once() {
    const CALLS: u64 = 2_000;
    let (pool, log) = (pool(2), FileTally::new());
    let is_greedy = |n: u64| n.is_multiple_of(50);

    let calls: Vec<_> = (0..CALLS)
        .map(|n| match is_greedy(n) {
            true => pool.submit_with(hoard::new(&log, n, TOO_MUCH), at_most(LIMIT)),
            false if n.is_multiple_of(2) => note::submit(&pool, &log, n),
            false => pool.submit_with(note::new(&log, n), at_most(LIMIT)),
        })
        .collect();

    for (n, call) in (0..).zip(calls) {
        match call.soon() {
            Ok(value) => assert!(value == n && !is_greedy(n), "{n}: {value}"),
            Err(error) => {
                assert!(is_greedy(n), "{n}: {error}");
                assert_broke(&error, LIMIT);
            }
        }
    }
    let counts = counts(&log);
    assert!((0..CALLS).all(|n| counts[&n] == 1));
}
