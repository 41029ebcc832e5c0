//! Workers that are stopped: no caller waits for what they have not claimed, and nothing runs
//! twice.

use concurrent_futures::Future;
use rustix::process::Signal;
use tests::{
    Soon, eventually,
    far::{FileGate, FileTally, UnlockOnDrop},
    run,
    system::{Process, is_stopped, signal},
};

use crate::{
    kit::{Pool, one_worker, pool},
    tasks::{hold, note},
    whole_programs::{WHOLE_PROGRAM, assert_prints},
};

/// A call that holds its worker, and which worker that is.
struct Holding {
    future: Future<u64>,
    go: UnlockOnDrop,
    pid: u32,
}

#[track_caller]
fn holding(pool: &Pool) -> Holding {
    let (gate, go) = FileGate::shut();
    let tally = FileTally::new();
    let future = hold::submit(pool, gate.clone(), &tally, 7);
    gate.reached_by(1);
    let pid = u32::try_from(tally.notes()[0]).unwrap();
    Holding { future, go, pid }
}

#[track_caller]
fn stop(pid: u32) {
    signal(pid, Signal::STOP);
    eventually("the worker is stopped", || is_stopped(pid));
}

#[track_caller]
fn assert_each_ran_once(tally: &FileTally, count: u64) {
    let mut notes = tally.notes();
    notes.sort_unstable();
    assert!(notes.iter().copied().eq(0..count), "{notes:?}");
}

#[test]
fn calls_that_a_stopped_worker_holds_unclaimed_run_elsewhere() {
    let pool = pool(2);
    let (stopped, other) = (holding(&pool), holding(&pool));
    let tally = FileTally::new();
    let calls: Vec<_> = (0..40).map(|n| note::submit(&pool, &tally, n)).collect();

    stop(stopped.pid);
    drop(other.go);

    for (n, call) in (0..).zip(calls) {
        assert_eq!(call.soon().unwrap(), n);
    }
    signal(stopped.pid, Signal::CONT);
    drop(stopped.go);
    assert_eq!(stopped.future.soon().unwrap(), 7);
    assert_eq!(other.future.soon().unwrap(), 7);
    assert_each_ran_once(&tally, 40);
}

#[test]
fn a_worker_stopped_again_and_again_runs_nothing_twice() {
    let pool = pool(2);
    let (one, other) = (holding(&pool), holding(&pool));
    let tally = FileTally::new();
    let calls: Vec<_> = (0..4_000).map(|n| note::submit(&pool, &tally, n)).collect();
    let pids = pool.pids();
    drop((one.go, other.go));

    for round in 0..100 {
        let pid = pids[round % 2];
        stop(pid);
        signal(pid, Signal::CONT);
    }

    for (n, call) in (0..).zip(calls) {
        assert_eq!(call.soon().unwrap(), n);
    }
    assert_each_ran_once(&tally, 4_000);
}

#[test]
fn a_stopped_worker_does_not_keep_its_pool_from_ending() {
    let (pool, pid) = one_worker();
    let worker = Process::of(pid);
    stop(pid);

    drop(pool);

    assert!(worker.has_ended());
}

#[test]
fn a_stopped_worker_that_holds_limited_calls_costs_its_program_next_to_nothing() {
    let ended = run(WHOLE_PROGRAM, "watches a stopped worker", &[]);

    assert_prints(&ended, "little spent");
}

#[test]
fn bytes_of_cancelled_calls_go_though_their_worker_does_not_read() {
    let ended = run(WHOLE_PROGRAM, "keeps no bytes of cancelled calls", &[]);

    assert_prints(&ended, "nothing kept");
}

#[test]
fn bytes_of_calls_that_ended_elsewhere_go_though_a_worker_does_not_read() {
    let program = "keeps no bytes of calls that ended elsewhere";

    assert_prints(&run(WHOLE_PROGRAM, program, &[]), "nothing kept");
}
