//! What workers log, and which logger is told.

use std::{collections::HashSet, thread};

use concurrent_futures::{ProcessPool, ProcessPoolBuilder, hooks, task};
use tests::{Soon, collect_log, far::Death, logged, run};

use crate::{
    corrupt_workers::{LOG, frame, numbers},
    kit::{Pool, made},
    tasks::who,
    whole_programs::{WHOLE_PROGRAM, assert_prints},
};

/// Logs a text; the worker's id.
#[task]
fn log_text(text: &str) -> u32 {
    log::warn!("{text}");
    std::process::id()
}

/// Logs a text on a thread of its own; the worker's id.
#[task]
fn log_on_thread(text: &str) -> u32 {
    thread::scope(|scope| {
        scope.spawn(|| log::info!("{text}"));
    });
    std::process::id()
}

/// Logs a text and dies.
#[task]
fn log_and_die(text: &str) {
    log::error!("{text}");
    Death::Segfault.now()
}

/// Logs more than a frame has room for.
#[task]
fn log_noise(bytes: usize) {
    log::warn!(target: &"engine".repeat(bytes), "engine 11{}", "!".repeat(bytes));
}

/// Which levels this worker logs.
#[task]
fn level() -> String {
    log::max_level().to_string()
}

/// Sends bytes to the parent, and waits for what comes of it.
#[task]
fn send_and_wait(bytes: &[u8]) {
    hooks::send(bytes);
    loop {
        thread::park();
    }
}

fn one_that_logs() -> ProcessPoolBuilder {
    collect_log();
    ProcessPool::builder().workers(1).forward_logs(true)
}

#[track_caller]
fn logging() -> Pool {
    made(one_that_logs())
}

#[test]
fn what_a_task_logs_is_logged_by_the_program() {
    let pool = logging();

    let pid = log_text::submit(&pool, "engine 7 is hot").soon().unwrap();

    let record = logged("engine 7 is hot");
    assert_eq!(record, format!("WARN process {pid}: engine 7 is hot"));
}

#[test]
fn what_a_thread_of_a_worker_logs_is_logged_by_the_program() {
    let pool = logging();

    let pid = log_on_thread::submit(&pool, "engine 8 is hot")
        .soon()
        .unwrap();

    let record = logged("engine 8 is hot");
    assert_eq!(record, format!("INFO process {pid}: engine 8 is hot"));
}

#[test]
fn what_an_initializer_logs_is_logged_by_the_program() {
    let pool = made(one_that_logs().initializer(log_text::new("engine 9 is hot")));

    let pid = who::submit(&pool).soon().unwrap();

    let record = logged("engine 9 is hot");
    assert_eq!(record, format!("WARN process {pid}: engine 9 is hot"));
}

#[test]
fn what_is_logged_right_before_a_crash_is_logged_by_the_program() {
    let pool = logging();

    let error = log_and_die::submit(&pool, "engine 10 is gone")
        .soon()
        .unwrap_err();

    let pid = error.death().expect("its worker died").pid();
    let record = logged("engine 10 is gone");
    assert_eq!(record, format!("ERROR process {pid}: engine 10 is gone"));
}

#[test]
fn a_long_record_is_cut_which_it_says_and_fits_into_the_shortest_frames() {
    let pool = made(one_that_logs().max_frame(64));

    log_noise::submit(&pool, 2 << 20).soon().unwrap();

    let record = logged("engine 11");
    assert!(
        record.ends_with("!!!… (cut; 2,097,161 bytes in all)"),
        "{}",
        record.len()
    );
    assert!(record.len() > 1 << 20, "{}", record.len());
    assert!(record.len() < 1025 << 10, "{}", record.len());
}

#[test]
fn workers_log_nothing_unless_they_were_asked_to() {
    collect_log();
    let pool = made(ProcessPool::builder().workers(1));

    assert_eq!(level::submit(&pool).soon().unwrap(), "OFF");
}

#[test]
fn a_record_that_makes_no_sense_ends_only_its_sender() {
    let pool = logging();
    let level_6 = numbers(&[6, 0, 0, 0, 0, 0, 0, 0, 0]);
    let no_text = [&numbers(&[1, 1])[..], &[0xff]].concat();

    for body in [&level_6[..], &no_text, &[], &[1, 2, 3]] {
        let error = send_and_wait::submit(&pool, frame(LOG, body))
            .soon()
            .unwrap_err();

        assert!(error.to_string().contains("makes no sense"), "{error}");
        assert!(who::submit(&pool).soon().is_ok());
    }
}

#[test]
fn a_record_keeps_all_that_is_known_of_it_and_comes_before_the_error() {
    let ended = run(WHOLE_PROGRAM, "logs last words", &[]);

    let start = "WARN engine whole_program::logs ";
    let end = "whole_program/logs.rs true process : too hot\ntrue\n";
    let printed = &ended.printed;
    assert!(
        printed.starts_with(start) && printed.ends_with(end),
        "{printed}"
    );
}

#[test]
fn what_a_task_logs_is_logged_before_its_result() {
    let ended = run(WHOLE_PROGRAM, "logs numbers", &[]);

    let mut logged = HashSet::new();
    for line in ended.printed.lines() {
        match line.rsplit_once(": ") {
            Some(("program", number)) => assert!(logged.contains(number), "{line}"),
            Some((_, task)) => assert!(logged.insert(task.trim_start_matches("task ")), "{line}"),
            None => panic!("{line}"),
        }
    }
    assert_eq!(logged.len(), 2_000, "{}", ended.complaints);
}

#[test]
fn records_of_unwanted_levels_and_targets_are_not_logged() {
    let ended = run(WHOLE_PROGRAM, "logs what is wanted", &[]);

    let told: Vec<&str> = ended
        .printed
        .lines()
        .filter_map(|line| line.split(": ").nth(1))
        .collect();
    let other = ended.printed.lines().filter(|line| line.starts_with("Ok"));
    assert_eq!(
        told,
        ["one", "two", "three", "one", "two"],
        "{}",
        ended.complaints
    );
    assert!(other.eq(["Ok(\"INFO\")"; 2]), "{}", ended.printed);
}

#[test]
fn a_logger_that_panics_concerns_no_call() {
    let ended = run(WHOLE_PROGRAM, "logs a bomb", &[]);

    let told: Vec<&str> = ended
        .printed
        .lines()
        .map(|line| line.split(": ").last().unwrap())
        .collect();
    for text in ["before", "after", "Ok(0)", "Ok(1)", "Ok(2)"] {
        assert!(told.contains(&text), "{text} is not in {}", ended.printed);
    }
}

#[test]
fn what_threads_log_while_calls_are_answered_comes_whole_and_in_the_order_of_each() {
    let ended = run(WHOLE_PROGRAM, "logs from threads", &[]);

    assert_prints(&ended, "true Ok(()) Ok(true)");
    let texts = ended
        .printed
        .lines()
        .filter_map(|line| line.split(": ").nth(1));
    let texts: Vec<&str> = texts.collect();
    for thread in 0..4 {
        let prefix = format!("{thread} ");
        let numbers = texts.iter().filter_map(|text| text.strip_prefix(&prefix));
        assert!(numbers.map(str::parse).eq((0..5_000).map(Ok::<u64, _>)));
    }
}
