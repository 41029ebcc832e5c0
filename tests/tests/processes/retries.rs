//! Calls that run again because their worker was lost.
//!
//! ```text
//!   attempt 1 --lost--> wait --> attempt 2 --lost--> wait twice as long --> attempt 3 --> value, Err, panic: the end
//! ```

use std::time::{Duration, Instant};

use concurrent_futures::{MapOptions, Options, ProcessPool, Submit, task};
use tests::{
    MOMENT, Soon,
    far::{Death, FarHeld, FileGate, FileTally},
    receive,
};

use crate::{
    kit::{counts, made, one_worker, pool},
    tasks::{note, survive},
};

/// Retries that come at once.
pub(crate) fn retries(count: u32) -> Options {
    Options::new().retries(count).backoff(Duration::ZERO)
}

#[test]
fn a_call_that_ends_its_worker_twice_has_its_value_at_the_third_attempt() {
    let (pool, log) = (pool(1), FileTally::new());

    let call = pool.submit_with(survive::new(&log, 7, 3), retries(2));

    assert_eq!(call.soon().unwrap(), 7);
    assert_eq!(log.notes(), [7; 3]);
}

#[test]
fn a_call_that_always_ends_its_worker_says_how_often_it_was_started() {
    let (pool, log) = (pool(1), FileTally::new());

    let call = pool.submit_with(survive::new(&log, 7, usize::MAX), retries(2));

    let error = call.soon().unwrap_err();
    assert!(error.is_worker_lost(), "{error}");
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.death().and_then(|death| death.signal()), Some(9));
    let text = error.to_string();
    assert!(text.ends_with(", in the last of 3 attempts"), "{text}");
    assert_eq!(log.notes(), [7; 3]);
}

#[test]
fn a_call_without_retries_is_started_once() {
    let (pool, log) = (pool(1), FileTally::new());

    for options in [Options::new(), retries(0)] {
        let call = pool.submit_with(survive::new(&log, 7, usize::MAX), options);

        let error = call.soon().unwrap_err();
        assert_eq!(error.attempts(), 1);
        assert!(!error.to_string().contains("attempt"), "{error}");
    }
    assert_eq!(log.notes(), [7; 2]);
}

#[test]
fn a_call_may_be_retried_a_hundred_times() {
    let (pool, log) = (pool(1), FileTally::new());

    let call = pool.submit_with(survive::new(&log, 7, 101), retries(u32::MAX));

    assert_eq!(call.soon().unwrap(), 7);
    assert_eq!(log.count(), 101);
}

#[test]
fn a_retry_waits_twice_as_long_as_the_one_before() {
    let (pool, log) = (pool(1), FileTally::new());
    let options = Options::new().retries(3).backoff(5 * MOMENT);
    let start = Instant::now();

    let call = pool.submit_with(survive::new(&log, 7, 4), options);

    assert_eq!(call.soon().unwrap(), 7);
    let took = start.elapsed();
    assert!(took >= (5 + 10 + 20) * MOMENT, "{took:?}");
}

#[test]
fn others_run_while_a_call_waits_for_its_retry() {
    let (pool, log) = (pool(1), FileTally::new());
    let options = Options::new().retries(1).backoff(Duration::from_hours(1));
    let waiting = pool.submit_with(survive::new(&log, 7, 2), options);
    log.wait_for(1);

    let others: Vec<_> = (0..100).map(|n| note::submit(&pool, &log, n)).collect();

    for (n, other) in (0..).zip(others) {
        assert_eq!(other.soon().unwrap(), n);
    }
    assert!(waiting.cancel());
}

#[test]
fn calls_behind_one_that_is_retried_run_once_each_in_their_order() {
    let (pool, _) = one_worker();
    let (log, behind) = (FileTally::new(), FileTally::new());
    let held = FarHeld::on(&pool, 1);
    let retried = pool.submit_with(survive::new(&log, 7, 3), retries(2));
    let others: Vec<_> = (0..20).map(|n| note::submit(&pool, &behind, n)).collect();

    assert_eq!(held.let_go().soon().unwrap(), 1);

    assert_eq!(retried.soon().unwrap(), 7);
    for (n, other) in (0..).zip(others) {
        assert_eq!(other.soon().unwrap(), n);
    }
    assert_eq!(log.notes(), [7; 3]);
    assert!(behind.notes().into_iter().eq(0..20), "{:?}", behind.notes());
}

#[test]
fn an_item_of_a_chunk_is_retried_without_its_neighbours() {
    let (pool, log) = (pool(2), FileTally::new());
    let attempts = |n: u64| if n.is_multiple_of(13) { 3 } else { 1 };
    let calls = (0..40).map(|n| survive::new(&log, n, attempts(n)));
    let options = MapOptions::new().chunk_size(10).each(retries(2));

    let values = pool.map_with(options, calls).unwrap();
    let values: Result<Vec<u64>, _> = values.collect();

    assert!(values.unwrap().into_iter().eq(0..40));
    let counts = counts(&log);
    for n in 0..40 {
        assert_eq!(counts[&n], attempts(n) as u64, "{n}");
    }
}

#[test]
fn an_item_that_fails_in_all_its_attempts_fails_alone() {
    let (pool, log) = (pool(2), FileTally::new());
    let attempts = |n: u64| if n == 13 { usize::MAX } else { 1 };
    let calls = (0..40).map(|n| survive::new(&log, n, attempts(n)));
    let options = MapOptions::new().chunk_size(10).each(retries(2));

    let results = pool.map_with(options, calls).unwrap();
    let results: Vec<_> = results.collect();

    for (n, result) in (0..).zip(results) {
        match result {
            Ok(value) => assert_eq!(value, n),
            Err(error) => assert_eq!((n, error.attempts()), (13, 3), "{error}"),
        }
    }
    let counts = counts(&log);
    assert!((0..40).all(|n| counts[&n] == if n == 13 { 3 } else { 1 }));
}

/// Ends the worker at the first attempt, and says what it was given.
#[task]
fn weigh(log: &FileTally, bytes: &[u8]) -> (usize, bool) {
    log.add();
    if log.count() == 1 {
        Death::Abort.now();
    }
    (bytes.len(), bytes.iter().all(|byte| *byte == 7))
}

#[test]
fn a_retry_has_the_same_arguments() {
    const LEN: usize = 8 << 20;
    let (pool, log) = (pool(1), FileTally::new());

    let call = pool.submit_with(weigh::new(&log, vec![7; LEN]), retries(1));

    assert_eq!(call.soon().unwrap(), (LEN, true));
}

#[test]
fn a_callback_learns_of_the_last_attempt_alone() {
    let (pool, log) = (pool(1), FileTally::new());
    let (gate, go) = FileGate::shut();
    let held = FarHeld::on(&pool, 1);
    let (tx, rx) = std::sync::mpsc::channel();

    let call = pool.submit_with(survive::new(&log, 7, 3), retries(2));
    call.add_done_callback(move |outcome| tx.send(outcome.cloned().ok()).unwrap());
    drop((held.let_go().soon().unwrap(), gate, go));

    assert_eq!(receive(&rx), Some(7));
    assert_eq!(log.count(), 3);
    assert!(rx.recv().is_err(), "it is told once");
}

#[test]
fn workers_of_one_call_each_retry_too() {
    let pool = made(ProcessPool::builder().workers(1).max_tasks(1));
    let log = FileTally::new();

    let calls: Vec<_> = (0..20)
        .map(|n| pool.submit_with(survive::new(&log, n, 2), retries(1)))
        .collect();

    for (n, call) in (0..).zip(calls) {
        assert_eq!(call.soon().unwrap(), n);
    }
    assert_eq!(log.count(), 40);
}

#[test]
fn in_a_storm_of_retries_every_call_runs_as_often_as_it_must() {
    let (pool, log) = (pool(4), FileTally::new());
    let attempts = |n: u64| match n % 20 {
        0 => 3,
        10 => 2,
        _ => 1,
    };

    let calls: Vec<_> = (0..2_000)
        .map(|n| pool.submit_with(survive::new(&log, n, attempts(n)), retries(2)))
        .collect();

    for (n, call) in (0..).zip(calls) {
        assert_eq!(call.soon().unwrap(), n);
    }
    let counts = counts(&log);
    assert!((0..2_000).all(|n| counts[&n] == attempts(n) as u64));
}
