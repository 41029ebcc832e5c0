//! Programs of this package, run to their end.

use std::{
    io::Read,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use crate::{DEADLINE, within};

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub printed: String,
    /// What it printed as errors.
    pub complaints: String,
}

/// Runs a program with one argument and these variables set in its environment.
///
/// # Panics
///
/// If it cannot be started, or has not ended within [`DEADLINE`].
#[track_caller]
pub fn run(program: &str, argument: &str, variables: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(program);
    command.arg(argument).envs(variables.iter().copied());
    ended(command, DEADLINE)
}

/// Runs a program with one argument that is known to take its time.
///
/// # Panics
///
/// If it cannot be started, or has not ended within four times [`DEADLINE`].
#[track_caller]
pub fn run_long(program: &str, argument: &str) -> Ended {
    let mut command = Command::new(program);
    command.arg(argument);
    ended(command, 4 * DEADLINE)
}

/// Runs what is described to its end.
///
/// # Panics
///
/// If it cannot be started, or has not ended within [`DEADLINE`].
#[track_caller]
pub fn run_command(command: Command) -> Ended {
    ended(command, DEADLINE)
}

/// Runs a program with one argument and at most this much address space, in KiB.
///
/// # Panics
///
/// If it cannot be started, or has not ended within [`DEADLINE`].
#[track_caller]
pub fn run_with_address_space(program: &str, argument: &str, kib: u64) -> Ended {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("ulimit -v {kib} && exec \"$0\" \"$1\""))
        .args([program, argument]);
    ended(command, DEADLINE)
}

/// Runs a program with one argument as a user of whom no other process is there, with a limit on
/// how many threads that user may have. `None`, after it has said why, where that cannot be done.
///
/// # Panics
///
/// If it has not ended within [`DEADLINE`].
#[track_caller]
#[must_use]
pub fn run_as_another_user(program: &str, argument: &str) -> Option<Ended> {
    let user =
        60_000 + std::process::id() % 5_000 * 100 + LAST_USER.fetch_add(1, Ordering::Relaxed);
    let as_user = |command: &mut Command| {
        let user = user.to_string();
        command.args(["--reuid", &user, "--regid", &user, "--clear-groups"]);
    };
    let mut trial = Command::new("setpriv");
    as_user(&mut trial);
    let trial = trial.args(["test", "-x", program]).output();
    if !trial.is_ok_and(|trial| trial.status.success()) {
        eprintln!("SKIPPED: no other user can be had here that can run {program}");
        return None;
    }
    let mut command = Command::new("setpriv");
    as_user(&mut command);
    command.args(["prlimit", "--nproc=100", program, argument]);
    Some(ended(command, DEADLINE))
}

static LAST_USER: AtomicU32 = AtomicU32::new(0);

#[track_caller]
fn ended(mut command: Command, limit: Duration) -> Ended {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut running = Running(command.spawn().expect("the program starts"));
    let stdout = running.0.stdout.take().expect("its output is piped");
    let stderr = running.0.stderr.take().expect("its errors are piped");
    let (printed, complaints) = within(limit, move || {
        let complaints = thread::spawn(move || read_all(stderr));
        (read_all(stdout), complaints.join().expect("it prints text"))
    });
    let status = running.0.wait().expect("it is our child");
    Ended {
        code: status.code(),
        printed,
        complaints,
    }
}

fn read_all(mut pipe: impl Read) -> String {
    let mut text = String::new();
    pipe.read_to_string(&mut text).expect("it prints text");
    text
}

/// A program that does not outlive the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // A process that has ended already cannot be killed; that is no mistake.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
