//! What workers said on standard error before they died, and that all else they say is heard.

use std::{collections::HashSet, os::unix::process::CommandExt, process::Command};

use concurrent_futures::{Options, ProcessPool, Submit, TaskError, task};
use rustix::{process::Signal, stdio};
use tests::{
    Soon,
    far::{Death, FarHeld, FileGate, FileTally},
    run, run_command, run_long,
    system::signal,
};

use crate::{
    kit::{Pool, made},
    tasks::{die, who},
    whole_programs::{WHOLE_PROGRAM, assert_prints},
};

/// Says something and dies.
#[task]
fn say_and_die(text: &str, how: Death) {
    eprint!("{text}");
    how.now()
}

/// Says something as C code does, which knows nothing of Rust's streams, and dies.
#[task]
fn say_as_c_and_die(text: &str) {
    rustix::io::write(stdio::stderr(), text.as_bytes()).expect("somebody hears it");
    Death::Abort.now()
}

/// Says something and waits.
#[task]
fn say_and_wait(text: &str, gate: &FileGate) {
    eprintln!("{text}");
    gate.pass();
}

/// Leaves a process behind that goes on for a while with the worker's standard error; notes its id,
/// and dies.
#[task]
fn leave_one_behind(pid: &FileTally) {
    let mut sleep = Command::new("sleep");
    let child = sleep.arg("30").process_group(0).spawn();
    pid.note(child.expect("it can be started").id().into());
    eprintln!("left one behind");
    Death::Abort.now()
}

/// A pool of one worker that keeps the given number of lines.
#[track_caller]
fn keeping(lines: usize) -> Pool {
    made(ProcessPool::builder().workers(1).keep_stderr(lines))
}

fn said(error: &TaskError) -> &str {
    error.death().expect("its worker has died").stderr()
}

#[test]
fn the_last_lines_of_a_worker_that_aborts_are_in_its_error() {
    let pool = keeping(3);
    let text = "one\ntwo\nthree\n\nfour\n";

    let error = say_and_die::submit(&pool, text, Death::Abort)
        .soon()
        .unwrap_err();

    assert_eq!(said(&error), "two\nthree\nfour");
    let below = "arguments; it said last:\n  | two\n  | three\n  | four";
    assert!(error.to_string().ends_with(below), "{error}");
}

#[test]
fn a_single_line_goes_on_where_the_error_ends() {
    let pool = keeping(10);

    let error = say_and_die::submit(&pool, "no fuel\n", Death::Exit(3))
        .soon()
        .unwrap_err();

    assert_eq!(said(&error), "no fuel");
    let text = error.to_string();
    assert!(
        text.ends_with(" bytes of arguments; it said last: no fuel"),
        "{text}"
    );
}

#[test]
fn the_lines_are_those_of_the_last_attempt_and_end_the_error() {
    let pool = keeping(10);
    let call = say_and_die::new("no fuel\nno spark\n", Death::Abort);

    let call = pool.submit_with(call, Options::new().retries(1));

    let error = call.soon().unwrap_err();
    assert_eq!(said(&error), "no fuel\nno spark");
    let end = " in the last of 2 attempts; it said last:\n  | no fuel\n  | no spark";
    assert!(error.to_string().ends_with(end), "{error}");
}

#[test]
fn what_c_code_said_without_an_end_of_line_is_in_the_error() {
    let pool = keeping(10);

    let error = say_as_c_and_die::submit(&pool, "assertion failed")
        .soon()
        .unwrap_err();

    assert_eq!(said(&error), "assertion failed");
}

#[test]
fn what_a_worker_said_before_it_wrote_where_no_memory_is_is_in_the_error() {
    let pool = keeping(10);

    let error = say_and_die::submit(&pool, "here we go\n", Death::Segfault)
        .soon()
        .unwrap_err();

    assert_eq!(said(&error), "here we go");
}

#[test]
fn the_runtimes_own_words_on_a_stack_overflow_are_in_the_error() {
    let pool = keeping(10);

    let error = die::submit(&pool, Death::Overflow).soon().unwrap_err();

    assert!(said(&error).contains("has overflowed its stack"), "{error}");
}

#[test]
fn what_a_worker_said_that_is_killed_from_outside_is_in_the_error() {
    let pool = keeping(10);
    let pid = who::submit(&pool).soon().unwrap();
    let (gate, _go) = FileGate::shut();
    let waiting = say_and_wait::submit(&pool, "waiting", &gate);
    gate.reached_by(1);

    signal(pid, Signal::KILL);

    let error = waiting.soon().unwrap_err();
    assert_eq!(said(&error), "waiting");
}

#[test]
fn the_lines_in_an_error_are_those_of_its_worker() {
    let pool = made(ProcessPool::builder().workers(2).keep_stderr(10));
    let held = [FarHeld::on(&pool, 1), FarHeld::on(&pool, 2)];
    let names = ["left", "right"];

    drop(held);
    let deaths = names.map(|name| say_and_die::submit(&pool, name, Death::Abort));

    for (name, death) in names.into_iter().zip(deaths) {
        assert_eq!(said(&death.soon().unwrap_err()), name);
    }
}

#[test]
fn a_replacement_starts_with_nothing_said() {
    let pool = keeping(10);
    let first = say_and_die::submit(&pool, "first\n", Death::Abort).soon();

    let second = die::submit(&pool, Death::Kill).soon().unwrap_err();

    assert_eq!(said(&first.unwrap_err()), "first");
    assert_eq!(said(&second), "");
}

#[test]
fn nothing_is_kept_unless_it_was_asked_for() {
    let pool = made(ProcessPool::builder().workers(1));

    let error = say_and_die::submit(&pool, "no fuel\n", Death::Abort)
        .soon()
        .unwrap_err();

    assert_eq!(said(&error), "");
    assert!(
        error.to_string().ends_with(" bytes of arguments"),
        "{error}"
    );
}

#[test]
fn a_process_left_behind_with_the_workers_errors_delays_nothing() {
    let pool = keeping(10);
    let pid = FileTally::new();

    let error = leave_one_behind::submit(&pool, &pid).soon().unwrap_err();

    assert_eq!(said(&error), "left one behind");
    let left = u32::try_from(pid.notes()[0]).unwrap();
    signal(left, Signal::KILL);
}

#[test]
fn what_workers_said_that_ended_before_they_ran_a_call_is_in_the_error() {
    let script = "echo no licence >&2; exit 3";
    let builder = ProcessPool::builder().program("sh").args(["-c", script]);
    let pool = made(builder.workers(1).keep_stderr(10));

    let error = who::submit(&pool).soon().unwrap_err();

    assert!(error.is_executor_broken());
    let reason = "worker exited with code 3 before it ran a call; it said last: no licence";
    assert!(error.to_string().ends_with(reason), "{error}");
}

#[test]
fn all_that_a_worker_says_is_heard_in_its_order() {
    let ended = run_long(WHOLE_PROGRAM, "says much");

    assert_eq!(ended.code, Some(0), "{}", ended.printed);
    let lines: String = (0..50_000)
        .map(|number| format!("line {number}\n"))
        .collect();
    let is_all = ended.complaints == lines + "Ok(50000)";
    assert!(is_all, "{} bytes are heard", ended.complaints.len());
}

#[test]
fn what_a_task_said_is_heard_before_its_result() {
    let ended = run(WHOLE_PROGRAM, "says numbers", &[]);

    let mut said = HashSet::new();
    for line in ended.complaints.lines() {
        match line.split_once(' ') {
            Some(("task", number)) => assert!(said.insert(number), "{line}"),
            Some(("program", number)) => assert!(said.contains(number), "{line}"),
            _ => panic!("{line}"),
        }
    }
    assert_eq!(said.len(), 2_000);
}

#[test]
fn a_worker_that_says_something_without_end_holds_up_nobody() {
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        "\"$0\" \"says without end\" 2>/dev/null",
        WHOLE_PROGRAM,
    ]);

    assert_prints(&run_command(shell), "all doubled");
}

#[test]
fn a_program_whose_errors_nobody_reads_has_its_results_all_the_same() {
    let ended = run(WHOLE_PROGRAM, "says what nobody reads", &[]);

    let last = "all doubled, heard in order: true, Ok(50000)";
    assert_prints(&ended, last);
}

#[test]
fn a_program_whose_errors_nobody_can_read_any_more_goes_on() {
    let ended = run(WHOLE_PROGRAM, "says what nobody can read", &[]);

    assert_prints(&ended, "Ok(50000)");
}

#[test]
fn a_program_may_hold_the_lock_of_its_errors_while_it_waits() {
    let ended = run(WHOLE_PROGRAM, "says something while it holds the lock", &[]);

    assert_prints(&ended, "Ok(50000)");
}

#[test]
fn garbage_that_a_worker_said_harms_no_terminal() {
    assert_prints(&run(WHOLE_PROGRAM, "says garbage", &[]), "harmless");
}

#[test]
fn nothing_is_left_of_pools_that_heard_what_was_said() {
    let ended = run(WHOLE_PROGRAM, "keeps nothing of what was said", &[]);

    assert_prints(&ended, "nothing left");
}

#[test]
fn a_worker_has_the_programs_own_errors_unless_it_is_heard() {
    assert_prints(&run(WHOLE_PROGRAM, "shares its errors", &[]), "shared");
}
