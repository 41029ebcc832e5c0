//! Calls whose arguments are long: against memory limits, and on workers that do not live to
//! claim them.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use concurrent_futures::{MapOptions, Options, ProcessPool, Submit, TaskError, task};
use tests::{
    Soon,
    far::{FileGate, FileTally},
    run, run_with_address_space,
    system::Process,
};

use crate::{
    kit::{Pool, made, pool},
    memory_limits::{MIB, hoard},
    moments::{When, die_when},
    tasks::{hold, note, survive, who},
    whole_programs::{WHOLE_PROGRAM, assert_prints},
};

const LIMIT: u64 = 128 * MIB;

#[task]
fn length(bytes: &[u8]) -> usize {
    bytes.len()
}

/// Keeps its argument until its worker is ended.
#[task]
fn keep(bytes: &[u8]) -> usize {
    loop {
        std::hint::black_box(bytes);
        thread::park();
    }
}

#[task]
fn make(len: usize) -> Vec<u8> {
    vec![1; len]
}

/// Its argument, of which one number ends the worker.
#[task]
fn measure(bytes: Vec<u8>, number: u64) -> (u64, usize) {
    (number, bytes.len())
}

fn bytes(len: u64) -> Vec<u8> {
    vec![1; usize::try_from(len).unwrap()]
}

fn at_most(bytes: u64) -> Options {
    Options::new().memory(bytes)
}

/// Does something while small calls keep all workers busy, each of which runs well.
fn beside_small_calls<T>(pool: &Pool, work: impl FnOnce() -> T) -> T {
    let is_over = AtomicBool::new(false);
    let tally = FileTally::new();
    thread::scope(|scope| {
        let submit = || {
            while !is_over.load(Ordering::Relaxed) {
                let calls: Vec<_> = (0..50).map(|n| note::submit(pool, &tally, n)).collect();
                for (n, call) in (0..).zip(calls) {
                    assert_eq!(call.soon().unwrap(), n);
                }
            }
        };
        let small = scope.spawn(submit);
        tally.wait_for(50);
        let done = work();
        is_over.store(true, Ordering::Relaxed);
        small.join().unwrap();
        done
    })
}

#[track_caller]
fn assert_broke(error: &TaskError, limit: u64) {
    assert!(error.is_memory_exceeded(), "{error}");
    assert_eq!(error.memory_use().map(|memory| memory.limit()), Some(limit));
}

#[test]
fn arguments_that_alone_exceed_a_memory_limit_fail_their_call() {
    let pool = pool(4);

    let error = beside_small_calls(&pool, || {
        let call = pool.submit_with(length::new(bytes(200 * MIB)), at_most(100 * MIB));
        call.soon().unwrap_err()
    });

    assert_broke(&error, 100 * MIB);
}

#[test]
fn arguments_that_exceed_a_memory_limit_once_they_are_read_fail_their_call() {
    let pool = pool(4);

    let error = beside_small_calls(&pool, || {
        let call = pool.submit_with(keep::new(bytes(100 * MIB)), at_most(LIMIT));
        call.soon().unwrap_err()
    });

    assert_broke(&error, LIMIT);
}

#[test]
fn a_result_that_exceeds_a_memory_limit_fails_its_call() {
    let pool = pool(4);

    let error = beside_small_calls(&pool, || {
        let len = usize::try_from(400 * MIB).unwrap();
        pool.submit_with(make::new(len), at_most(LIMIT))
            .soon()
            .unwrap_err()
    });

    assert_broke(&error, LIMIT);
}

#[test]
fn a_limit_below_what_a_worker_holds_fails_its_call_beside_others() {
    let (pool, log) = (pool(4), FileTally::new());

    let error = beside_small_calls(&pool, || {
        let call = pool.submit_with(hoard::new(&log, 7, 0), at_most(4096));
        call.soon().unwrap_err()
    });

    assert_broke(&error, 4096);
}

#[test]
fn long_arguments_below_a_memory_limit_run_on_a_worker_that_has_run_before() {
    let pool = made(ProcessPool::builder().workers(1).memory(200 * MIB));
    let pid = who::submit(&pool).soon().unwrap();

    for _ in 0..5 {
        let call = length::submit(&pool, bytes(60 * MIB));
        assert_eq!(call.soon().unwrap(), 60 << 20);
    }

    assert_eq!(who::submit(&pool).soon().unwrap(), pid);
}

#[test]
fn items_of_a_chunk_that_exceed_a_memory_limit_fail_alone() {
    let pool = pool(2);
    let len = |n: u64| if n == 13 { 70 * MIB } else { 1000 };
    let calls = (0..40).map(|n| length::new(bytes(len(n))));
    let options = MapOptions::new().chunk_size(10).each(at_most(64 * MIB));

    let results: Vec<_> = pool.map_with(options, calls).unwrap().collect();

    for (n, result) in (0..).zip(results) {
        match result {
            Ok(found) => assert_eq!(found as u64, len(n)),
            Err(error) => {
                assert_eq!(n, 13, "{error}");
                assert_broke(&error, 64 * MIB);
            }
        }
    }
}

#[test]
fn a_call_above_its_memory_limit_by_its_arguments_is_not_retried() {
    let pool = pool(1);
    let options = at_most(MIB).retries(3).backoff(Duration::ZERO);

    let error = pool.submit_with(length::new(bytes(2 * MIB)), options);

    let error = error.soon().unwrap_err();
    assert_broke(&error, MIB);
    assert_eq!(error.attempts(), 1);
}

/// A pool each of whose workers dies when it takes over a long call.
fn dying_pool(workers: usize) -> Pool {
    let builder = ProcessPool::builder().workers(workers);
    made(builder.initializer(die_when::new(When::TakingOver)))
}

#[track_caller]
fn assert_lost_in_takeover(error: &TaskError, len: u64) {
    assert!(error.is_worker_lost(), "{error}");
    let text = error.to_string();
    assert!(text.contains("while it took over"), "{text}");
    assert!(text.contains("3 workers ended so"), "{text}");
    let death = error.death().unwrap();
    assert!((len..len + 100).contains(&death.arguments()), "{text}");
    assert_eq!(error.attempts(), 1);
}

#[test]
fn a_call_whose_bytes_end_three_workers_before_the_claim_is_lost() {
    for workers in [1, 2] {
        let (pool, tally) = (dying_pool(workers), FileTally::new());

        for _ in 0..2 {
            let error = length::submit(&pool, bytes(MIB)).soon().unwrap_err();

            assert_lost_in_takeover(&error, MIB);
        }
        assert_eq!(note::submit(&pool, &tally, 7).soon().unwrap(), 7);
    }
}

#[test]
fn calls_beside_one_whose_bytes_end_workers_run_once_each() {
    let pool = dying_pool(2);

    let error = beside_small_calls(&pool, || {
        length::submit(&pool, bytes(MIB)).soon().unwrap_err()
    });

    assert_lost_in_takeover(&error, MIB);
}

#[test]
fn calls_behind_one_whose_bytes_end_workers_run_in_their_order() {
    let (pool, tally) = (dying_pool(1), FileTally::new());
    let (gate, go) = FileGate::shut();
    let first = hold::submit(&pool, gate.clone(), FileTally::new(), 1);
    gate.reached_by(1);
    let before = (0..5).map(|n| note::submit(&pool, &tally, n));
    let before: Vec<_> = before.collect();
    let long = length::submit(&pool, bytes(20_000));
    let behind: Vec<_> = (5..10).map(|n| note::submit(&pool, &tally, n)).collect();

    drop(go);

    assert_eq!(first.soon().unwrap(), 1);
    assert_lost_in_takeover(&long.soon().unwrap_err(), 20_000);
    for (n, call) in (0..).zip(before.into_iter().chain(behind)) {
        assert_eq!(call.soon().unwrap(), n);
    }
    let mut notes = tally.notes();
    notes.sort_unstable();
    assert!(notes.into_iter().eq(0..10));
}

#[test]
fn long_items_of_a_chunk_that_end_workers_before_the_claim_are_lost_alone() {
    let pool = dying_pool(2);
    let len = |n: u64| if n % 4 == 1 { 300_000 } else { 10 };
    let calls = (0..12).map(|n| measure::new(bytes(len(n)), n));

    let results = pool
        .map_with(MapOptions::new().chunk_size(6), calls)
        .unwrap();

    for (n, result) in (0..).zip(results) {
        match result {
            Ok(found) => assert_eq!(found, (n, 10)),
            Err(error) => {
                assert_eq!(n % 4, 1, "{error}");
                assert!(error.is_worker_lost(), "{error}");
            }
        }
    }
}

#[test]
fn a_lost_takeover_is_retried_as_often_as_was_asked() {
    let pool = dying_pool(1);
    let options = Options::new().retries(1).backoff(Duration::ZERO);

    let call = pool.submit_with(length::new(bytes(MIB)), options);

    let error = call.soon().unwrap_err();
    assert!(error.is_worker_lost(), "{error}");
    assert_eq!(error.attempts(), 2);
}

#[test]
fn a_call_that_is_to_be_tried_alone_can_be_cancelled() {
    let pool = dying_pool(1);

    for _ in 0..20 {
        let call = length::submit(&pool, bytes(MIB));
        let is_cancelled = call.cancel();
        let error = call.soon().unwrap_err();

        assert_eq!(error.is_cancelled(), is_cancelled, "{error}");
    }
    who::submit(&pool).soon().unwrap();
}

#[test]
fn a_call_that_has_come_through_is_blamed_for_its_own_death() {
    let (pool, log) = (dying_pool(1), FileTally::new());

    let error = survive::submit(&pool, &log, 7, 2).soon().unwrap_err();

    assert!(error.is_worker_lost());
    assert!(!error.to_string().contains("took over"), "{error}");
}

#[test]
fn workers_without_memory_for_arguments_lose_that_call_alone() {
    let ended = run(WHOLE_PROGRAM, "has no memory for arguments", &[]);

    assert_prints(&ended, "lost alone");
}

#[test]
fn a_program_without_memory_for_a_result_loses_that_call_alone() {
    let ended = run(WHOLE_PROGRAM, "has no memory for a result", &[]);

    assert_prints(&ended, "lost alone");
}

#[test]
fn a_long_argument_in_little_address_space_ends_beside_small_calls() {
    for argument in ["is short of space beside others", "is short of space alone"] {
        let ended = run_with_address_space(WHOLE_PROGRAM, argument, 1_000_000);

        assert_prints(&ended, "goes on");
    }
}

#[test]
fn a_long_call_goes_to_one_worker_though_others_have_nothing_to_do() {
    let (pool, tally) = (pool(4), FileTally::new());
    let calls: Vec<_> = (0..4).map(|n| note::submit(&pool, &tally, n)).collect();
    calls
        .into_iter()
        .for_each(|call| assert!(call.soon().is_ok()));

    let call = length::submit(&pool, bytes(300 * MIB));

    assert_eq!(call.soon().unwrap(), 300 << 20);
}

#[test]
fn a_stopped_worker_gives_back_a_long_call_that_it_does_not_take_over() {
    let pool = pool(2);
    let (gate, go) = FileGate::shut();
    let held = hold::submit(&pool, gate.clone(), FileTally::new(), 1);
    gate.reached_by(1);
    let pids = FileTally::new();
    let (second, open) = FileGate::shut();
    let other = hold::submit(&pool, second.clone(), &pids, 2);
    second.reached_by(1);
    let stopped = u32::try_from(pids.notes()[0]).unwrap();
    drop(open);
    other.soon().unwrap();
    tests::system::signal(stopped, rustix::process::Signal::STOP);
    tests::eventually("it is stopped", || tests::system::is_stopped(stopped));
    let long = length::submit(&pool, bytes(50 * MIB));
    drop(go);

    assert_eq!(held.soon().unwrap(), 1);
    assert_eq!(long.soon().unwrap(), 50 << 20);

    let worker = Process::of(stopped);
    worker.signal(rustix::process::Signal::CONT);
    for _ in 0..20 {
        who::submit(&pool).soon().unwrap();
    }
    assert!(!worker.has_ended());
}
