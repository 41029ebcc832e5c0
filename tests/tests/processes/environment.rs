//! What a worker has of the program that starts it: signals, terminal, directory, and what else the
//! system hands on.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::mpsc::channel,
    thread,
};

use concurrent_futures::task;
use tests::{Soon, receive, run, run_command, system::Running};

use crate::{
    kit::one_worker,
    orphans::terminal,
    whole_programs::{WHOLE_PROGRAM, assert_prints, copy_whole_program},
};

#[test]
fn a_worker_begins_with_the_signals_of_a_fresh_program() {
    let ended = run(WHOLE_PROGRAM, "blocks all signals", &[]);

    // Two signals belong to the C library, which lets no program deal with them.
    const OF_THE_LIBRARY: u64 = 0b11 << 31;
    let sets = |line: &str| {
        let (name, set) = line.split_once(": ")?;
        let set = u64::from_str_radix(set, 16).ok()? & !OF_THE_LIBRARY;
        Some(format!("{name} {set:x}"))
    };
    let found: Vec<String> = ended.printed.lines().filter_map(sets).collect();
    // A Rust program ignores SIGPIPE, and the programs it starts do not.
    let expected = ["SigBlk 0", "SigIgn 1000", "SigBlk 0", "SigIgn 0"];
    assert_eq!(found, expected, "{ended:?}");
    assert!(ended.printed.contains("told to terminate"), "{ended:?}");
}

#[test]
fn what_exec_hands_on_a_worker_has_too() {
    assert_prints(&run(WHOLE_PROGRAM, "inherits", &[]), "inherited");
}

#[test]
fn a_task_that_touches_the_terminal_is_not_stopped() {
    let (ours, path) = terminal();
    // Held open, or our end would be hung up before the program opens it.
    let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY;
    let _theirs = rustix::fs::open(&*path, flags, 0.into()).unwrap();
    let mut command = Command::new(WHOLE_PROGRAM);
    command.arg("prints at a terminal").arg(&path);
    let _running = Running::start(command.stdin(Stdio::null()));
    let (tx, lines) = channel();
    thread::spawn(move || {
        let seen = BufReader::new(fs::File::from(ours)).lines();
        // The end of the program is an error at this end of the terminal.
        let seen = seen.map_while(Result::ok);
        seen.map(|line| tx.send(line))
            .take_while(Result::is_ok)
            .count()
    });

    let expected = [
        "printed by a task",
        "/dev/tty: true",
        "modes: true",
        "group: true",
        "session: true",
        "the end",
    ];
    for line in expected {
        assert_eq!(receive(&lines).trim_end(), line);
    }
}

#[track_caller]
fn moved(how: &str) -> String {
    let mut command = Command::new(WHOLE_PROGRAM);
    command.args(["moves away", how]);
    let ended = run_command(command);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.printed
}

#[test]
fn workers_start_in_the_directory_of_their_pool_though_it_was_removed() {
    let printed = moved("removed");

    assert!(printed.starts_with("in "), "{printed}");
    assert!(printed.trim_end().ends_with("(deleted)"), "{printed}");
}

#[test]
fn workers_start_in_the_directory_of_their_pool_though_it_was_renamed() {
    for how in ["renamed", "replaced"] {
        let printed = moved(how);

        assert!(printed.starts_with("in "), "{printed}");
        assert!(printed.trim_end().ends_with(".renamed"), "{printed}");
    }
}

/// Runs the whole program as a user who may not enter every directory; `None` if that cannot be
/// had.
fn as_another_user(arguments: &[&str]) -> Option<tests::Ended> {
    let mut command = Command::new("setpriv");
    command.args(["--reuid=61235", "--regid=61235", "--clear-groups", "--"]);
    let copy = env::temp_dir().join(format!(
        "surroundings-{}-{}",
        arguments.len(),
        std::process::id()
    ));
    copy_whole_program(&copy);
    command.arg(&copy).args(arguments);
    let is_root = rustix::process::geteuid().is_root();
    let ended = is_root.then(|| run_command(command));
    fs::remove_file(&copy).unwrap();
    if ended.is_none() {
        eprintln!("SKIPPED: this user cannot become another");
    }
    ended
}

#[test]
fn a_directory_that_cannot_be_entered_is_named() {
    let Some(ended) = as_another_user(&["moves away", "forbidden"]) else {
        return;
    };

    let expected = "no worker: ";
    assert!(ended.printed.starts_with(expected), "{ended:?}");
    assert!(ended.printed.contains("/left-"), "{ended:?}");
    assert!(!ended.printed.contains("/proc/self/exe"), "{ended:?}");
}

#[test]
fn workers_start_where_the_program_is_though_it_may_not_go_there_again() {
    let Some(ended) = as_another_user(&["stays where forbidden"]) else {
        return;
    };

    assert!(ended.printed.starts_with("in "), "{ended:?}");
}

/// Starts a runtime inside of one, as a task does if `init` was called inside of a runtime.
#[task]
fn nest_runtimes() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
    };
    runtime().block_on(async { runtime().block_on(async {}) });
}

#[test]
fn a_runtime_inside_of_a_runtime_says_where_init_belongs() {
    let (pool, _) = one_worker();

    let error = nest_runtimes::submit(&pool).soon().unwrap_err();

    assert!(error.is_panicked(), "{error}");
    assert!(
        error
            .to_string()
            .contains("above `#[concurrent_futures::main]`"),
        "{error}"
    );
}
