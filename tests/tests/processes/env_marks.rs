//! What makes a process a worker, and what does not.

use std::{
    env,
    io::{Read, Write},
    os::{fd::OwnedFd, unix::net::UnixStream},
    process::{Command, Stdio, id},
};

use concurrent_futures::task;
use rustix::fs::fstat;
use tests::{Soon, run, run_command};

use crate::{
    corrupt_workers::{PROTOCOL, UNREADY, WELCOME, greeting},
    kit::{one_worker, pool},
    whole_programs::WHOLE_PROGRAM,
};

const MARK: &str = "CONCURRENT_FUTURES_WORKER";
const ORDINARY: &str = "an ordinary program, marked: false\n";

#[test]
fn a_program_that_never_called_init_gets_no_pool_and_is_not_run_again() {
    let ended = run(env!("CARGO_BIN_EXE_uninitialized"), "", &[]);

    let lines: Vec<_> = ended.printed.lines().collect();
    assert_eq!(lines[0], "main begins");
    assert!(lines[1].starts_with("NotInitialized: "), "{}", lines[1]);
    assert!(lines[1].contains("`#[concurrent_futures::main]`") && lines[1].contains("`init()`"));
    assert_eq!(lines.len(), 2, "main runs once");
}

#[test]
fn a_mark_set_by_hand_makes_no_worker() {
    for mark in ["", "1", "1:1", "x:y", &format!("{}:0", id())] {
        let ended = run(WHOLE_PROGRAM, "ordinary", &[(MARK, mark)]);

        assert_eq!(ended.printed, ORDINARY, "marked `{mark}`");
    }
}

/// A socket pair: the end of a worker, and what its mark would be called.
fn sockets() -> (UnixStream, OwnedFd, u64) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let theirs = OwnedFd::from(theirs);
    let number = fstat(&theirs).unwrap().st_ino;
    (ours, theirs, number)
}

/// What a program prints that is marked so, and whose input is this socket.
fn printed(mark: &str, input: OwnedFd) -> (String, Option<i32>) {
    let mut command = Command::new(WHOLE_PROGRAM);
    command.arg("ordinary").env(MARK, mark).stdin(input);
    let output = command.stderr(Stdio::inherit()).output().unwrap();
    (
        String::from_utf8(output.stdout).unwrap(),
        output.status.code(),
    )
}

#[test]
fn a_mark_for_another_socket_makes_no_worker() {
    let (_ours, theirs, number) = sockets();

    let (text, _) = printed(&format!("{}:{}", id(), number + 1), theirs);

    assert_eq!(text, ORDINARY);
}

#[test]
fn a_mark_of_another_parent_makes_no_worker_and_runs_no_program() {
    let (_ours, theirs, number) = sockets();

    let (text, code) = printed(&format!("1:{number}"), theirs);

    assert_eq!((&*text, code), ("", Some(1)));
}

#[test]
fn a_worker_whose_parent_says_nothing_and_goes_runs_no_program() {
    let (ours, theirs, number) = sockets();
    drop(ours);

    let (text, code) = printed(&format!("{}:{number}", id()), theirs);

    assert_eq!(text, "");
    assert_ne!(code, Some(0));
}

#[test]
fn a_worker_of_another_protocol_tells_its_parent_both_versions() {
    let (mut ours, theirs, number) = sockets();
    let later = greeting(99, WELCOME, b"as later versions have it");
    ours.write_all(&later).unwrap();

    let (text, code) = printed(&format!("{}:{number}", id()), theirs);

    assert_eq!((&*text, code), ("", Some(1)));
    let mut told = Vec::new();
    ours.read_to_end(&mut told).unwrap();
    let head = greeting(PROTOCOL, UNREADY, b"");
    assert_eq!(told[..8], head[..8], "it is unready");
    assert_eq!(told[16..24], head[16..], "and speaks its own version");
    let told = String::from_utf8_lossy(&told);
    let versions = format!("version {PROTOCOL} of the protocol, its parent version 99");
    assert!(told.contains(&versions), "{told}");
}

#[task]
fn mark() -> Option<String> {
    env::var(MARK).ok()
}

#[test]
fn the_mark_is_gone_inside_a_task() {
    let (pool, _) = one_worker();

    assert_eq!(mark::submit(&pool).soon().unwrap(), None);
}

/// Starts a program, marked as its own worker would be if that could be forged.
#[task]
fn start_marked(program: &str) -> String {
    let mut command = Command::new(program);
    command.arg("ordinary").env(MARK, format!("{}:0", id()));
    run_command(command).printed
}

/// Starts a program that inherits what the worker has.
#[task]
fn start_heir(program: &str) -> String {
    let output = Command::new(program).arg("ordinary").output();
    String::from_utf8(output.unwrap().stdout).unwrap()
}

#[test]
fn a_program_that_a_task_starts_is_no_worker() {
    let pool = pool(2);

    let heir = start_heir::submit(&pool, WHOLE_PROGRAM);
    let marked = start_marked::submit(&pool, WHOLE_PROGRAM);

    assert_eq!(heir.soon().unwrap(), ORDINARY);
    assert_eq!(marked.soon().unwrap(), ORDINARY);
}
