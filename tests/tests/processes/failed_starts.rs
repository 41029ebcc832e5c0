//! Workers that cannot start, or are not what they should be.

use std::time::{Duration, Instant};

use concurrent_futures::{ProcessPool, ProcessPoolBuilder, TaskError, task};
use tests::{A_WHILE, Soon, eventually, far::FileTally, run, run_as_another_user};

use crate::{
    corrupt_workers::{HELLO, PROTOCOL, UNREADY, greeting},
    kit::{made, pool},
    tasks::{note, who},
    whole_programs::{WHOLE_PROGRAM, assert_prints},
};

/// The error of a call, and of another one after it: the pool is broken.
#[track_caller]
fn broken(builder: ProcessPoolBuilder) -> TaskError {
    let pool = made(builder.workers(1));
    let error = who::submit(&pool).soon().unwrap_err();
    assert!(error.is_executor_broken(), "{error}");
    let later = who::submit(&pool).soon().unwrap_err();
    assert_eq!(later.to_string(), error.to_string());
    error
}

#[track_caller]
fn assert_says(error: &TaskError, words: &str) {
    let text = error.to_string();
    assert!(text.contains(words), "`{words}` in: {text}");
}

#[test]
fn workers_that_exit_three_times_before_they_run_a_call_break_the_pool() {
    let error = broken(ProcessPool::builder().program("false"));

    assert_says(&error, "worker exited with code 1 before it ran a call");
}

#[test]
fn workers_that_exit_well_before_they_run_a_call_break_the_pool_too() {
    let error = broken(ProcessPool::builder().program("true"));

    assert_says(&error, "worker exited with code 0 before it ran a call");
}

#[test]
fn workers_that_never_say_hello_break_the_pool() {
    let builder = ProcessPool::builder().program("sleep").args(["1000"]);

    let error = broken(builder.start_timeout(A_WHILE));

    assert_says(&error, "worker did not say hello within 300ms");
}

#[test]
fn a_worker_of_another_build_breaks_the_pool() {
    let builder = ProcessPool::builder()
        .program(WHOLE_PROGRAM)
        .args(["ordinary"]);

    let error = broken(builder);

    assert_says(&error, "use the very same file");
}

/// What a shell has to run that sends these bytes to its parent, and waits to be killed.
fn script_that_sends(bytes: &[u8]) -> String {
    let bytes: String = bytes.iter().map(|byte| format!("\\{byte:03o}")).collect();
    format!("printf '{bytes}' >&0; exec sleep 1000")
}

#[test]
fn a_worker_of_another_protocol_breaks_the_pool_and_both_versions_are_told() {
    for kind in [HELLO, UNREADY] {
        let later = greeting(99, kind, b"as later versions have it");
        let builder = ProcessPool::builder()
            .program("sh")
            .args(["-c".to_owned(), script_that_sends(&later)]);

        let error = broken(builder);

        let told = format!("version 99 of the protocol, this program version {PROTOCOL}");
        assert_says(&error, &told);
    }
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let pool = made(ProcessPool::builder().program("no/such/program"));

    let error = who::submit(&pool).soon().unwrap_err();

    assert!(error.is_rejected() || error.is_executor_broken());
    assert_says(&error, "`no/such/program` cannot be started");
}

#[test]
fn calls_for_a_program_that_is_not_there_all_end() {
    let pool = made(ProcessPool::builder().workers(3).program("no/such/program"));

    let calls: Vec<_> = (0..100).map(|_| who::submit(&pool)).collect();

    for call in calls {
        assert_says(&call.soon().unwrap_err(), "cannot be started");
    }
}

/// Dies in each worker as long as there are files to remove.
#[task]
fn begin_late(deaths: &FileTally, how_many: usize) {
    deaths.add();
    if deaths.count() <= how_many {
        std::process::exit(4);
    }
}

#[test]
fn two_deaths_before_a_worker_runs_a_call_do_not_break_the_pool() {
    let deaths = FileTally::new();
    let builder = ProcessPool::builder().workers(1);
    let pool = made(builder.initializer(begin_late::new(&deaths, 2)));
    let tally = FileTally::new();

    let calls: Vec<_> = (0..10).map(|n| note::submit(&pool, &tally, n)).collect();

    for (n, call) in (0..).zip(calls) {
        assert_eq!(call.soon().unwrap(), n);
    }
    assert_eq!(deaths.count(), 3);
    assert!(tally.notes().into_iter().eq(0..10));
}

#[test]
fn three_deaths_in_the_initializer_break_the_pool() {
    let deaths = FileTally::new();
    let builder = ProcessPool::builder().initializer(begin_late::new(&deaths, 3));

    let error = broken(builder);

    assert_says(&error, "exited with code 4");
}

#[test]
fn a_start_takes_no_longer_than_its_limit_though_nobody_answers() {
    let start = Instant::now();
    let builder = ProcessPool::builder().program("sleep").args(["1000"]);
    let pool = made(builder.start_timeout(Duration::from_millis(100)).workers(4));

    let calls: Vec<_> = (0..8).map(|_| who::submit(&pool)).collect();

    for call in calls {
        assert!(call.soon().unwrap_err().is_executor_broken());
    }
    assert!(start.elapsed() >= Duration::from_millis(100));
    eventually("they are gone", || pool.pids().is_empty());
}

#[test]
fn a_pool_that_was_asked_for_nothing_starts_no_worker() {
    let pool = pool(4);

    assert!(pool.pids().is_empty());
}

#[test]
fn two_tasks_of_one_name_make_no_pool() {
    let ended = run(env!("CARGO_BIN_EXE_two_of_one_name"), "processes", &[]);

    let last = ended.printed.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("two tasks are named `shop.price`"),
        "{last}"
    );
}

/// Runs a program whose user may have few threads, where that can be had.
#[track_caller]
fn assert_prints_when_refused(argument: &str, last: &str) {
    if let Some(ended) = run_as_another_user(WHOLE_PROGRAM, argument) {
        assert_prints(&ended, last);
    }
}

#[test]
fn workers_that_are_refused_beside_one_that_works_are_waited_for() {
    assert_prints_when_refused("is refused workers beside one", "waited out");
}

#[test]
fn of_workers_that_are_refused_from_the_start_one_comes_through() {
    assert_prints_when_refused("is refused workers from the start", "one works");
}

#[test]
fn workers_that_run_one_call_each_follow_one_another_where_others_are_refused() {
    assert_prints_when_refused("is refused workers for one call each", "each had its own");
}

#[test]
fn workers_for_which_there_are_no_descriptors_are_waited_for() {
    assert_prints(
        &run(WHOLE_PROGRAM, "is refused descriptors", &[]),
        "waited out",
    );
}

#[test]
fn without_any_worker_calls_fail_with_that_reason_and_later_ones_run() {
    assert_prints_when_refused("is refused all workers", "refused");
}
