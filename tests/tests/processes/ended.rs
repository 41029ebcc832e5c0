//! Workers that are ended on purpose: by terminate, kill, abort, a time limit.

use std::time::Duration;

use concurrent_futures::{Options, Submit, task};
use rustix::process::Signal;
use tests::{
    A_WHILE, MOMENT, Soon,
    far::{FarHeld, FileGate, FileTally},
    let_pass,
    system::{Process, signal},
};

use crate::{
    kit::{Pool, one_worker, pool},
    tasks::{hold, note, who},
};

/// Notes which worker it is, and runs until that is ended.
#[task]
fn run_for_ever(pid: &FileTally) {
    pid.note(std::process::id().into());
    loop {
        std::thread::park();
    }
}

/// Ends the workers of a pool with two running and ten pending calls.
#[track_caller]
fn assert_ends_all(end: impl Fn(&Pool), number: i32) {
    let pool = pool(2);
    let pids = FileTally::new();
    let running: Vec<_> = (0..2).map(|_| run_for_ever::submit(&pool, &pids)).collect();
    pids.wait_for(2);
    let pending: Vec<_> = (0..10).map(|n| note::submit(&pool, &pids, n)).collect();
    let workers: Vec<Process> = pool.pids().into_iter().map(Process::of).collect();

    end(&pool);

    for call in running {
        let error = call.soon().unwrap_err();
        assert_eq!(
            error.death().and_then(|death| death.signal()),
            Some(number),
            "{error}"
        );
    }
    for call in pending {
        assert!(call.soon().unwrap_err().is_cancelled());
    }
    workers.iter().for_each(Process::ends);
    assert!(who::submit(&pool).soon().unwrap_err().is_rejected());
    assert_eq!(pids.count(), 2);
}

#[test]
fn terminate_ends_the_workers_of_running_tasks() {
    assert_ends_all(|pool| pool.terminate(), 15);
}

#[test]
fn kill_ends_the_workers_of_running_tasks() {
    assert_ends_all(|pool| pool.kill(), 9);
}

#[test]
fn terminate_and_kill_are_harmless_before_the_first_task() {
    let (one, other) = (pool(2), pool(2));

    one.terminate();
    other.kill();
    one.kill();

    assert!(who::submit(&one).soon().unwrap_err().is_rejected());
    assert!(who::submit(&other).soon().unwrap_err().is_rejected());
}

#[test]
fn terminate_and_kill_are_harmless_when_the_workers_are_dead() {
    let (pool, pid) = one_worker();
    let worker = Process::of(pid);
    signal(pid, Signal::KILL);
    worker.ends();

    pool.terminate();
    pool.kill();
    pool.kill();
}

#[test]
fn kill_ends_a_worker_that_is_stopped() {
    let (pool, pid) = one_worker();
    let held = FarHeld::on(&pool, 7);
    signal(pid, Signal::STOP);

    pool.kill();

    assert!(held.future.soon().unwrap_err().is_worker_lost());
}

/// Ends a running call of a worker that holds twenty others.
#[track_caller]
fn assert_only_the_running_call_ends(
    options: Options,
    abort: bool,
) -> concurrent_futures::TaskError {
    let (pool, pid) = one_worker();
    let worker = Process::of(pid);
    let (ended, tally) = (FileTally::new(), FileTally::new());
    let running = pool.submit_with(run_for_ever::new(&ended), options);
    let others: Vec<_> = (0..20).map(|n| note::submit(&pool, &tally, n)).collect();
    ended.wait_for(1);

    assert!(!abort || running.abort());
    let error = running.soon().unwrap_err();

    for (n, other) in (0..).zip(others) {
        assert_eq!(other.soon().unwrap(), n);
    }
    assert!(tally.notes().into_iter().eq(0..20), "{:?}", tally.notes());
    worker.ends();
    assert_ne!(who::submit(&pool).soon().unwrap(), pid);
    error
}

#[test]
fn an_aborted_call_is_cancelled_and_nothing_else_is_touched() {
    let error = assert_only_the_running_call_ends(Options::new(), true);

    assert!(error.is_cancelled(), "{error}");
}

#[test]
fn a_call_past_its_time_limit_is_timed_out_and_nothing_else_is_touched() {
    let error = assert_only_the_running_call_ends(Options::new().timeout(A_WHILE), false);

    assert!(error.is_timed_out(), "{error}");
    assert!(error.to_string().contains("300ms"), "{error}");
}

#[test]
fn a_time_limit_counts_from_the_claim() {
    let (pool, pid) = one_worker();
    let held = FarHeld::on(&pool, 7);
    let limited = pool.submit_with(who::new(), Options::new().timeout(A_WHILE));

    let_pass(A_WHILE + A_WHILE / 2);

    assert_eq!(held.let_go().soon().unwrap(), 7);
    assert_eq!(limited.soon().unwrap(), pid);
}

#[test]
fn a_call_within_its_time_limit_keeps_its_worker() {
    let (pool, pid) = one_worker();
    let limit = Options::new().timeout(Duration::from_secs(3600));

    let calls: Vec<_> = (0..100)
        .map(|_| pool.submit_with(who::new(), limit.clone()))
        .collect();

    for call in calls {
        assert_eq!(call.soon().unwrap(), pid);
    }
}

#[test]
fn a_limit_that_nobody_can_reach_never_strikes() {
    let (pool, pid) = one_worker();
    let options = Options::new().timeout(Duration::MAX);

    let call = pool.submit_with(who::new(), options);

    assert_eq!(call.soon().unwrap(), pid);
}

#[test]
fn a_limit_ends_a_worker_that_is_stopped() {
    let (pool, pid) = one_worker();
    let (ended, tally) = (FileTally::new(), FileTally::new());
    let limit = Options::new().timeout(A_WHILE);
    let running = pool.submit_with(run_for_ever::new(&ended), limit);
    ended.wait_for(1);
    let others: Vec<_> = (0..20).map(|n| note::submit(&pool, &tally, n)).collect();

    signal(pid, Signal::STOP);

    assert!(running.soon().unwrap_err().is_timed_out());
    for (n, other) in (0..).zip(others) {
        assert_eq!(other.soon().unwrap(), n);
    }
    assert!(tally.notes().into_iter().eq(0..20), "{:?}", tally.notes());
}

#[test]
fn workers_whose_first_calls_all_hang_do_not_break_the_pool() {
    let (pool, ended) = (pool(1), FileTally::new());
    let limit = Options::new().timeout(MOMENT);

    let hanging: Vec<_> = (0..10)
        .map(|_| pool.submit_with(run_for_ever::new(&ended), limit.clone()))
        .collect();

    for call in hanging {
        assert!(call.soon().unwrap_err().is_timed_out());
    }
    who::submit(&pool).soon().unwrap();
}

#[test]
fn aborting_a_pending_call_ends_no_worker() {
    let (pool, pid) = one_worker();
    let (gate, go) = FileGate::shut();
    let tally = FileTally::new();
    let held = hold::submit(&pool, &gate, &tally, 7);
    tally.wait_for(1);
    let pending = note::submit(&pool, &tally, 1);

    assert!(pending.abort());
    drop(go);

    assert!(pending.soon().unwrap_err().is_cancelled());
    assert_eq!(held.soon().unwrap(), 7);
    assert_eq!(who::submit(&pool).soon().unwrap(), pid);
    assert_eq!(tally.count(), 1);
}

#[test]
fn aborting_a_call_that_has_ended_ends_no_worker() {
    let (pool, pid) = one_worker();
    let call = who::submit(&pool);
    assert_eq!(call.get_soon().unwrap(), &pid);

    assert!(!call.abort());

    assert_eq!(who::submit(&pool).soon().unwrap(), pid);
}
