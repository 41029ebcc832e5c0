//! What tasks have started ends with the program, however that ends, and whatever the system lacks.

use std::{
    io::Write,
    process::{Command, Stdio, id},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use rustix::process::Signal;
use tests::{
    eventually, receive,
    system::{Running, processes_with, signal},
};

use crate::whole_programs::WHOLE_PROGRAM;

/// How long what tasks have started may outlive the program.
const AFTER: Duration = Duration::from_secs(1);

/// The surroundings in which each end is tried.
const SURROUNDINGS: [&str; 10] = [
    "nothing else",
    "a task that has returned",
    "a task that waits",
    "a task that blocks all signals",
    "stopped workers",
    "ignored children",
    "a sandbox",
    "no death signal",
    "no pidfd",
    "neither",
];

/// How long a program sleeps, in seconds; the digits behind the point tell one test's from all
/// others.
fn sleeps() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(100);
    format!("777.{}{}", id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Two programs that tasks have started do not outlive this program by more than a second, nor do
/// its workers.
#[track_caller]
fn assert_nothing_outlives(end: &str, surroundings: &str) {
    let sleeps = sleeps();
    let mut command = Command::new(WHOLE_PROGRAM);
    command.args(["begets", &sleeps, end, surroundings]);
    let (stdin, stdout) = (Stdio::piped(), Stdio::piped());
    let mut program = Running::start(command.stdin(stdin).stdout(stdout).stderr(Stdio::null()));
    assert_eq!(receive(&program.lines()), "all beget");
    // A program, a worker or two, what two calls started; they are named once they are executed.
    eventually("all are there", || processes_with(&sleeps).len() >= 4);

    match end {
        "SIGKILL" => signal(program.child().id(), Signal::KILL),
        "SIGTERM" => signal(program.child().id(), Signal::TERM),
        _ => {
            let input = program.child().stdin.as_mut().unwrap();
            input.write_all(b"\n").unwrap();
        }
    }

    program.child().wait().unwrap();
    let since = Instant::now();
    eventually("all are gone", || processes_with(&sleeps).is_empty());
    let took = since.elapsed();
    assert!(took < AFTER, "{end}, {surroundings}: {took:?}");
}

#[track_caller]
fn assert_nothing_outlives_anywhere(end: &str) {
    for surroundings in SURROUNDINGS {
        assert_nothing_outlives(end, surroundings);
    }
}

#[test]
fn what_tasks_started_ends_with_a_program_that_is_killed() {
    assert_nothing_outlives_anywhere("SIGKILL");
}

#[test]
fn what_tasks_started_ends_with_a_program_that_is_told_to_end() {
    assert_nothing_outlives_anywhere("SIGTERM");
}

#[test]
fn what_tasks_started_ends_with_a_program_that_exits() {
    assert_nothing_outlives_anywhere("exit");
}

#[test]
fn what_tasks_started_ends_with_a_program_that_aborts() {
    assert_nothing_outlives_anywhere("abort");
}

#[test]
fn what_tasks_started_ends_with_a_program_whose_panics_abort() {
    assert_nothing_outlives_anywhere("panic");
}
