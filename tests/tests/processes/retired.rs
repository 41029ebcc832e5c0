//! Workers that are ended after `max_tasks` calls, and what a worker leaves behind.

use std::{
    collections::HashMap,
    process::{Command, Stdio},
};

use concurrent_futures::{ProcessPool, task};
use tests::{
    Soon,
    far::{Death, FileTally},
    system::Process,
};

use crate::{
    kit::{Pool, made, one_worker},
    tasks::{note, who},
};

fn three_calls_each(workers: usize) -> Pool {
    made(ProcessPool::builder().workers(workers).max_tasks(3))
}

#[test]
fn with_a_limit_of_three_calls_the_fourth_has_another_worker() {
    let pool = three_calls_each(1);

    let pids: Vec<u32> = (0..4).map(|_| who::submit(&pool).soon().unwrap()).collect();

    assert!(pids[0] == pids[1] && pids[1] == pids[2], "{pids:?}");
    assert_ne!(pids[2], pids[3]);
}

#[test]
fn a_backlog_drains_and_no_worker_takes_more_calls_than_it_may() {
    let pool = three_calls_each(2);
    let calls: Vec<_> = (0..100).map(|_| who::submit(&pool)).collect();

    let mut counts = HashMap::new();
    for call in calls {
        *counts.entry(call.soon().unwrap()).or_insert(0) += 1;
    }

    assert!(counts.values().all(|count| *count <= 3), "{counts:?}");
    assert!(counts.len() >= 34);
}

#[test]
fn workers_that_retire_during_a_shutdown_lose_nothing() {
    for _ in 0..10 {
        let pool = three_calls_each(2);
        let tally = FileTally::new();
        let calls: Vec<_> = (0..20).map(|n| note::submit(&pool, &tally, n)).collect();

        drop(pool);

        for (n, call) in (0..).zip(calls) {
            assert_eq!(call.soon().unwrap(), n);
        }
        assert_eq!(tally.count(), 20);
    }
}

/// Starts a program that goes on for long, and says which.
fn leave_a_child() -> u32 {
    let mut sleep = Command::new("sleep");
    let child = sleep.arg("1000").stdout(Stdio::null()).spawn();
    child.expect("there is such a program").id()
}

#[task]
fn start_a_child() -> u32 {
    leave_a_child()
}

#[task]
fn start_a_child_and_die(child: &FileTally) {
    child.note(leave_a_child().into());
    Death::Exit(0).now();
}

#[test]
fn what_a_dead_worker_has_started_ends_with_it() {
    let (pool, _) = one_worker();
    let child = FileTally::new();

    let error = start_a_child_and_die::submit(&pool, &child)
        .soon()
        .unwrap_err();

    assert!(error.is_worker_lost());
    let id = u32::try_from(child.notes()[0]).unwrap();
    tests::eventually("it has ended", || !is_there(id));
}

#[task(timeout = "1s")]
fn start_a_child_and_hang(child: &FileTally) {
    child.note(leave_a_child().into());
    loop {
        std::thread::park();
    }
}

#[test]
fn what_a_call_past_its_time_limit_has_started_ends_with_it() {
    let (pool, _) = one_worker();
    let child = FileTally::new();

    let error = start_a_child_and_hang::submit(&pool, &child)
        .soon()
        .unwrap_err();

    assert!(error.is_timed_out());
    let id = u32::try_from(child.notes()[0]).unwrap();
    tests::eventually("it has ended", || !is_there(id));
}

#[test]
fn what_a_retired_worker_has_started_ends_with_it() {
    let pool = made(ProcessPool::builder().workers(1).max_tasks(2));
    let child = Process::of(start_a_child::submit(&pool).soon().unwrap());
    assert!(!child.has_ended());

    who::submit(&pool).soon().unwrap();

    child.ends();
}

#[test]
fn what_a_worker_has_started_ends_with_the_pool() {
    let (pool, _) = one_worker();
    let child = Process::of(start_a_child::submit(&pool).soon().unwrap());

    drop(pool);

    child.ends();
}

/// Whether a process is there; one that has ended may be for a while.
fn is_there(id: u32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{id}/stat"));
    state.is_ok_and(|state| !state.contains(") Z "))
}
