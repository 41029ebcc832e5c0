//! Programs of their own: storms, what is left behind, signals, streams, surroundings.

use std::{env, fs, path::Path, process::Command};

use tests::{Ended, run, run_command, run_long};

pub(crate) const WHOLE_PROGRAM: &str = env!("CARGO_BIN_EXE_whole_program");

/// Copies the whole program to a file that can be started at once.
///
/// `cp` writes it: a child that another test has just forked would share the descriptor that this
/// process writes by, and the system starts no file that is open for writing (`ETXTBSY`).
pub(crate) fn copy_whole_program(copy: &Path) {
    let copied = Command::new("cp").arg(WHOLE_PROGRAM).arg(copy).status();
    assert!(copied.expect("cp can be started").success());
}

#[track_caller]
pub(crate) fn assert_prints(ended: &Ended, last: &str) {
    assert_eq!(ended.code, Some(0), "{}{}", ended.printed, ended.complaints);
    assert_eq!(ended.printed.lines().last(), Some(last));
}

#[test]
fn in_a_storm_of_kills_every_call_runs_once() {
    assert_prints(&run_long(WHOLE_PROGRAM, "storm kill"), "1000 deaths");
}

#[test]
fn in_a_storm_of_segfaults_every_call_runs_once() {
    assert_prints(&run_long(WHOLE_PROGRAM, "storm segfault"), "1000 deaths");
}

#[test]
fn in_a_storm_of_aborts_every_call_runs_once() {
    assert_prints(&run_long(WHOLE_PROGRAM, "storm abort"), "1000 deaths");
}

#[test]
fn in_a_storm_of_exits_every_call_runs_once() {
    assert_prints(&run_long(WHOLE_PROGRAM, "storm exit"), "1000 deaths");
}

#[test]
fn in_a_storm_of_kills_from_outside_no_call_runs_twice() {
    assert_prints(&run_long(WHOLE_PROGRAM, "storm from outside"), "500 kills");
}

#[test]
fn nothing_of_a_pool_is_left() {
    assert_prints(&run(WHOLE_PROGRAM, "keeps nothing", &[]), "nothing left");
}

#[test]
fn nothing_is_left_after_a_failed_initializer() {
    let ended = run(WHOLE_PROGRAM, "keeps nothing of an initializer", &[]);

    assert_prints(&ended, "nothing left");
}

#[test]
fn a_hundred_thousand_calls_wait_for_stopped_workers_and_arrive() {
    assert_prints(&run_long(WHOLE_PROGRAM, "pending"), "all arrived");
}

#[test]
fn what_a_task_printed_is_seen_before_its_result() {
    let ended = run(WHOLE_PROGRAM, "prints", &[]);

    let lines: Vec<String> = (0..20).map(|n| format!("task {n}, program {n}")).collect();
    assert!(ended.printed.lines().eq(lines), "{}", ended.printed);
}

#[test]
fn a_task_reads_an_empty_input_and_leaves_the_programs_own_alone() {
    let mut shell = Command::new("sh");
    shell.args(["-c", "echo hello | \"$0\" reads", WHOLE_PROGRAM]);

    assert_prints(&run_command(shell), "task 0, program 6");
}

#[test]
fn what_c_code_of_a_task_printed_is_seen_before_its_result() {
    let ended = run(WHOLE_PROGRAM, "prints as C does", &[]);

    let mut lines: Vec<String> = (0..5)
        .flat_map(|n| [format!("C {n}"), format!("program {n}")])
        .collect();
    lines.push("true".to_owned());
    assert!(ended.printed.lines().eq(lines), "{}", ended.printed);
}

#[test]
fn calls_and_pools_end_where_signals_through_pidfds_are_refused() {
    let mut command = Command::new(WHOLE_PROGRAM);
    command.args(["may not signal", "pidfd"]);

    assert_prints(&run_command(command), "all ended");
}

#[test]
fn calls_and_pools_end_where_all_signals_to_workers_are_refused() {
    let mut command = Command::new(WHOLE_PROGRAM);
    command.args(["may not signal", "all"]);

    assert_prints(&run_command(command), "all ended");
}

#[test]
fn in_a_forked_child_the_parents_pools_refuse_calls_and_are_dropped_without_harm() {
    for how in ["by the library", "raw"] {
        let mut command = Command::new(WHOLE_PROGRAM);
        command.args(["forks", how]);

        assert_prints(&run_command(command), "both went on");
    }
}

#[test]
fn a_subreaper_is_left_no_zombies() {
    let ended = run(WHOLE_PROGRAM, "reaps as a subreaper", &[]);

    assert_prints(&ended, "nothing left");
}

#[test]
fn process_1_is_left_no_zombies() {
    let unshare = |program: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--pid", "--fork", "--mount-proc"]);
        command.args(program);
        run_command(command)
    };
    let tried = unshare(&["true"]);
    if tried.code != Some(0) {
        return println!(
            "skipped: no namespace of processes to be had: {}",
            tried.complaints
        );
    }

    assert_prints(
        &unshare(&[WHOLE_PROGRAM, "reaps as process 1"]),
        "nothing left",
    );
}

#[test]
fn a_panic_carries_message_place_and_backtrace_over() {
    let ended = run(WHOLE_PROGRAM, "panics", &[("RUST_BACKTRACE", "1")]);

    let text = "message: out of paper\nplace: true\nbacktrace: true\n";
    assert_eq!(ended.printed, text, "{}", ended.complaints);
}

#[test]
fn a_panic_has_no_backtrace_where_those_are_off() {
    let ended = run(WHOLE_PROGRAM, "panics", &[("RUST_BACKTRACE", "0")]);

    let text = "message: out of paper\nplace: true\nbacktrace: false\n";
    assert_eq!(ended.printed, text, "{}", ended.complaints);
}

#[test]
fn a_default_sigpipe_never_ends_the_program() {
    assert_prints(&run(WHOLE_PROGRAM, "default SIGPIPE", &[]), "alive");
}

#[test]
fn a_program_that_ignores_its_children_gets_no_status_and_goes_on() {
    let ended = run(WHOLE_PROGRAM, "ignored SIGCHLD", &[]);

    assert_prints(&ended, "alive");
    assert_eq!(ended.printed.lines().next(), Some("status unknown"));
}

#[test]
fn a_program_that_reaps_all_children_itself_goes_on() {
    assert_prints(&run(WHOLE_PROGRAM, "reaps", &[]), "alive");
}

#[test]
fn a_program_deleted_after_its_start_still_starts_workers() {
    let copy = env::temp_dir().join(format!("whole-program-{}", std::process::id()));
    copy_whole_program(&copy);

    let ended = run(&copy.to_string_lossy(), "deleted", &[]);

    fs::remove_file(&copy).unwrap();
    assert_prints(&ended, "started");
}

#[test]
fn a_replacement_starts_with_what_the_first_worker_had() {
    let ended = run(WHOLE_PROGRAM, "moves about", &[("SURROUNDINGS", "ours")]);

    assert_eq!(ended.code, Some(0), "{}", ended.complaints);
}
