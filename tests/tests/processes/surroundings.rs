//! What a worker has of the program that starts it: signals, terminal, and what else the system
//! hands on.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::mpsc::channel,
    thread,
};

use tests::{receive, run, system::Running};

use crate::{
    orphans::terminal,
    whole_programs::{WHOLE_PROGRAM, assert_prints},
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
