//! What the system tells of this process and of others.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal},
};

use crate::eventually;

/// A process, of this program or another one.
#[derive(Debug)]
pub struct Process {
    id: u32,
    end: OwnedFd,
}

impl Process {
    /// The process of this id, which is there.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[track_caller]
    #[must_use]
    pub fn of(id: u32) -> Self {
        let end = pidfd_open(pid(id), PidfdFlags::empty());
        let end = end.unwrap_or_else(|error| panic!("process {id} is there: {error}"));
        Self { id, end }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Sends it a signal; nothing happens if it has ended.
    pub fn signal(&self, signal: Signal) {
        // A process that has ended takes no signal; that is no mistake.
        let _ = pidfd_send_signal(&self.end, signal);
    }

    /// Whether it has ended, reaped or not.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let mut end = [PollFd::new(&self.end, PollFlags::IN)];
        matches!(poll(&mut end, Some(&now)), Ok(1..))
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    ///
    /// If that takes longer than [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn ends(&self) {
        eventually("the process has ended", || self.has_ended());
    }
}

/// Sends a process a signal, if it is there.
pub fn signal(id: u32, signal: Signal) {
    // A process that has ended takes no signal; that is no mistake.
    let _ = kill_process(pid(id), signal);
}

/// Whether a process is stopped.
#[must_use]
pub fn is_stopped(id: u32) -> bool {
    state_and_parent(id).is_some_and(|(state, _)| state == 'T')
}

/// Whether a process is a zombie: ended, and not reaped.
#[must_use]
pub fn is_zombie(id: u32) -> bool {
    state_and_parent(id).is_some_and(|(state, _)| state == 'Z')
}

/// How long the threads of a process have been on a CPU.
#[must_use]
pub fn time_on_cpu_of(id: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{id}/task"))
        .into_iter()
        .flatten();
    // Nanoseconds on a CPU, nanoseconds in its queue, time slices.
    let on_cpu = |thread: fs::DirEntry| {
        let stat = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse().ok()
    };
    threads
        .flatten()
        .filter_map(on_cpu)
        .map(Duration::from_nanos)
        .sum()
}

/// The processes one of whose arguments contains this, zombies left
/// out.
#[must_use]
pub fn processes_with(argument: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("the system tells");
    let ids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    ids.filter(|id| {
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(argument)
    })
    .collect()
}

fn pid(id: u32) -> Pid {
    let id = i32::try_from(id).ok().and_then(Pid::from_raw);
    id.expect("processes have such ids")
}

/// What a process has of the system: descriptors, threads, children, mapped files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belongings {
    /// What each descriptor leads to, in some order.
    pub descriptors: Vec<String>,
    /// The names of its threads.
    pub threads: Vec<String>,
    /// The ids of its children, zombies too.
    pub children: Vec<u32>,
    /// What is mapped that is shared memory.
    pub mappings: Vec<String>,
}

impl Belongings {
    /// What this process has at the moment.
    ///
    /// # Panics
    ///
    /// If the system does not tell.
    #[must_use]
    pub fn now() -> Self {
        Self {
            descriptors: descriptors(),
            threads: crate::thread_names().expect("the system tells"),
            children: children(),
            mappings: mappings(),
        }
    }

    /// Waits until this process has what it had `before`, and nothing else.
    ///
    /// # Panics
    ///
    /// If that takes longer than [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn are_again(before: &Self) {
        let mut now = Self::now();
        let deadline = Instant::now() + crate::DEADLINE;
        while now != *before {
            assert!(
                Instant::now() < deadline,
                "before: {before:#?}\nnow: {now:#?}"
            );
            thread::yield_now();
            now = Self::now();
        }
    }
}

/// What each descriptor of this process leads to, but for numbers that are never the same.
#[must_use]
pub fn descriptors() -> Vec<String> {
    let entries = fs::read_dir("/proc/self/fd").expect("the system tells");
    let target = |entry: fs::DirEntry| fs::read_link(entry.path()).ok();
    let mut targets: Vec<String> = entries
        .flatten()
        .filter_map(target)
        .map(|target| kind(&target))
        // The one through which they are listed.
        .filter(|target| !target.starts_with("/proc/"))
        .collect();
    targets.sort();
    targets
}

/// `socket:[1234]` without its number.
fn kind(target: &Path) -> String {
    let target = target.to_string_lossy();
    target.split(":[").next().unwrap_or_default().to_owned()
}

/// The children of this process, zombies too.
#[must_use]
pub fn children() -> Vec<u32> {
    let own = std::process::id();
    let entries = fs::read_dir("/proc").expect("the system tells");
    let ids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    ids.filter(|id| state_and_parent(*id).is_some_and(|(_, parent)| parent == own))
        .collect()
}

/// `id (name) state parent ...`: the name may hold anything, a parenthesis too.
fn state_and_parent(id: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut words = rest.split(' ');
    Some((words.next()?.chars().next()?, words.next()?.parse().ok()?))
}

fn mappings() -> Vec<String> {
    let maps = fs::read_to_string("/proc/self/maps").expect("the system tells");
    let names = maps.lines().filter_map(|line| line.splitn(6, ' ').nth(5));
    let mut names: Vec<String> = names
        .map(|name| name.trim().to_owned())
        .filter(|name| name.contains("memfd") || name.contains("shm"))
        .collect();
    names.sort();
    names
}

/// A program of a test, which does not outlive it.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts it.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        Self(command.spawn().expect("the program starts"))
    }

    /// The child.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// Takes its standard output; a line at a time comes, as it is printed.
    ///
    /// # Panics
    ///
    /// If that is not piped, or was taken before.
    pub fn lines(&mut self) -> Receiver<String> {
        let printed = self.0.stdout.take().expect("its output is piped");
        let (tx, rx) = channel();
        thread::spawn(move || {
            let lines = BufReader::new(printed).lines().map_while(Result::ok);
            // The rest may be unwanted.
            lines
                .map(|line| tx.send(line))
                .take_while(Result::is_ok)
                .count()
        });
        rx
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A process that has ended already cannot be killed; that is no mistake.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
