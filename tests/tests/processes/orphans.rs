//! Programs that end while their workers compute.

use std::{
    fs::File,
    io::Write,
    iter,
    os::fd::OwnedFd,
    process::{Command, Stdio},
};

use rustix::{
    fs::OFlags,
    process::Signal,
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};
use tests::{
    receive,
    system::{Process, Running, signal},
};

use crate::whole_programs::WHOLE_PROGRAM;

/// Starts a program with four workers that compute; it, and they.
#[track_caller]
fn computing(name: &str) -> (Running, Vec<Process>) {
    let mut command = Command::new(WHOLE_PROGRAM);
    let mut running = Running::start(command.arg(name).stdout(Stdio::piped()));
    let lines = running.lines();
    let lines = iter::repeat_with(|| receive(&lines));
    let pids: Vec<String> = lines.take_while(|line| line != "all compute").collect();
    let workers = pids.iter().map(|pid| Process::of(pid.parse().unwrap()));
    (running, workers.collect())
}

#[track_caller]
fn assert_all_end_with(name: &str, how: Signal) {
    let (mut running, workers) = computing(name);
    assert_eq!(workers.len(), 4);

    signal(running.child().id(), how);

    workers.iter().for_each(Process::ends);
}

#[test]
fn workers_end_with_a_parent_that_is_killed() {
    assert_all_end_with("computes", Signal::KILL);
}

#[test]
fn workers_end_with_a_parent_that_is_told_to() {
    assert_all_end_with("computes", Signal::TERM);
}

#[test]
fn workers_that_get_no_death_signal_end_with_the_link() {
    assert_all_end_with("computes without the death signal", Signal::KILL);
}

/// A terminal of ours: our end of it, and the path of the other.
pub(crate) fn terminal() -> (OwnedFd, String) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let path = ptsname(&ours, Vec::new()).unwrap();
    (ours, path.into_string().unwrap())
}

#[test]
fn a_ctrl_c_typed_at_the_terminal_reaches_the_parent_alone() {
    let (ours, path) = terminal();
    // Held open, or our end would be hung up before the program opens it.
    let _theirs = rustix::fs::open(&*path, OFlags::RDWR | OFlags::NOCTTY, 0.into()).unwrap();
    let mut command = Command::new(WHOLE_PROGRAM);
    command.arg("computes at a terminal").arg(&path);
    let mut running = Running::start(command.stdin(Stdio::null()).stdout(Stdio::piped()));
    let lines = running.lines();
    assert_eq!(receive(&lines), "all compute");

    File::from(ours).write_all(b"\x03").unwrap();

    assert_eq!(receive(&lines), "4 workers went on");
}
