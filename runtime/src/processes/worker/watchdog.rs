//! The watchdog: a thread that ends the worker, and all processes of its group, when its parent is
//! gone.
//!
//! ```text
//!   socket: the parent's end is closed ----------.
//!   pidfd of the parent: it has ended -----------+--> note why, SIGKILL to the process group
//!   pidfd of the task's thread: it has ended ----'
//! ```
//!
//! - **The parent-death signal is SIGCONT.** A stopped worker runs no thread, and SIGCONT continues
//!   it whatever a task blocks or ignores. SIGKILL would end the worker before this thread has
//!   killed the processes that tasks have started.
//! - **A wait under way cannot be blinded**: `poll` holds the files that it waits for. A task that
//!   closes all descriptors of the process changes nothing until the next wait, which takes a
//!   missing socket for a closed one.
//! - **No error makes a busy loop.** Where `poll` fails (a sandbox has set the limit on open files
//!   to zero, a filter forbids it) or there is no pidfd, this thread looks ten times a second.
//!
//! Deliberately absent: an orderly end, because the parent is gone.

use std::{
    fs::File,
    io,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::{fs::FileExt, net::UnixStream},
    },
    sync::Arc,
    thread,
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    net::{RecvFlags, recv},
    process::{self, Signal},
};

use crate::processes::{
    os::sys,
    shared::table::{SelfExit, Table},
    wire::{handshake::SystemFeatures, worker_env},
};

/// How often to look, where no descriptor tells.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// What the thread looks at.
struct Watchdog {
    socket: Arc<UnixStream>,
    table: Arc<Table>,
    parent: u32,
    /// Readable once the parent has ended.
    parent_end: Option<OwnedFd>,
    task_thread: TaskThread,
}

/// How the watchdog learns that the thread which runs calls has ended.
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    expect(dead_code, reason = "other systems do not tell of a thread")
)]
enum TaskThread {
    /// Readable once it has ended.
    Pidfd(OwnedFd),
    /// The file with its state.
    StatFile(File),
    Unknown,
}

/// Why the worker has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EndCause {
    /// The parent is gone, or has closed the connection.
    Parent,
    /// For a reason that the parent is told.
    Own(SelfExit),
}

/// Starts the watchdog: it ends this process when the parent is gone, or when the calling thread,
/// which runs the calls, has ended.
pub(crate) fn start(
    socket: &Arc<UnixStream>,
    table: &Arc<Table>,
    parent: u32,
    features: SystemFeatures,
) -> io::Result<()> {
    // The descriptors are opened before a task can take that right from the process.
    let watch = Watchdog {
        socket: socket.clone(),
        table: table.clone(),
        parent,
        parent_end: features.pidfd.then(|| parent_pidfd(parent)).flatten(),
        task_thread: TaskThread::current(features),
    };
    let body = move || {
        if features.death_signal {
            // Each thread has a death signal of its own, and this one lives as long as the process.
            ask_for_death_signal();
        }
        if let EndCause::Own(exit) = watch.wait() {
            watch.table.note_self_exit(exit);
        }
        end_group()
    };
    thread::Builder::new()
        .name("cf-watch".to_owned())
        .spawn(body)?;
    Ok(())
}

impl Watchdog {
    /// Waits until the worker has to end.
    fn wait(&self) -> EndCause {
        let mut can_poll = true;
        loop {
            if let Some(cause) = self.look() {
                return cause;
            }
            if !can_poll {
                thread::park_timeout(CHECK_INTERVAL);
                if let Some(cause) = self.look_at_descriptors() {
                    return cause;
                }
                continue;
            }
            match self.poll() {
                Ok(Some(cause)) => return cause,
                Ok(None) | Err(Errno::INTR | Errno::AGAIN) => {}
                Err(_) => can_poll = false,
            }
        }
    }

    /// Checks what needs no descriptor.
    fn look(&self) -> Option<EndCause> {
        if worker_env::parent_pid() != Some(self.parent) {
            return Some(EndCause::Parent);
        }
        let has_ended = self.task_thread.has_ended();
        has_ended.then_some(EndCause::Own(SelfExit::ThreadEnded))
    }

    /// Polls the descriptors; `None` if nothing has happened for a while.
    fn poll(&self) -> rustix::io::Result<Option<EndCause>> {
        // No event of the socket is asked for: `poll` reports in any case that it is closed.
        let mut watched = vec![PollFd::new(&*self.socket, PollFlags::empty())];
        let mut causes = vec![EndCause::Parent];
        for (fd, cause) in self.ends() {
            watched.push(PollFd::from_borrowed_fd(fd, PollFlags::IN));
            causes.push(cause);
        }
        let is_told_of_all = watched.len() == 3;
        let limit = Timespec::try_from(CHECK_INTERVAL).expect("it is short");
        poll(&mut watched, (!is_told_of_all).then_some(&limit))?;
        let mut told = watched.iter().map(PollFd::revents).zip(causes);
        Ok(told.find_map(|(happened, cause)| {
            if happened.contains(PollFlags::NVAL) {
                return Some(EndCause::Own(SelfExit::LinkClosed));
            }
            (!happened.is_empty()).then_some(cause)
        }))
    }

    /// The descriptors that can be read once the parent, or the task's thread, has ended.
    fn ends(&self) -> impl Iterator<Item = (BorrowedFd<'_>, EndCause)> {
        let parent = self.parent_end.as_ref().map(AsFd::as_fd);
        let task = match &self.task_thread {
            TaskThread::Pidfd(end) => Some(end.as_fd()),
            TaskThread::StatFile(_) | TaskThread::Unknown => None,
        };
        let parent = parent.map(|end| (end, EndCause::Parent));
        let task = task.map(|end| (end, EndCause::Own(SelfExit::ThreadEnded)));
        parent.into_iter().chain(task)
    }

    /// Checks the socket and the other descriptors one by one, without `poll`.
    fn look_at_descriptors(&self) -> Option<EndCause> {
        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        match recv(&*self.socket, &mut [0], flags) {
            Ok((_, 0)) | Err(Errno::CONNRESET) => return Some(EndCause::Parent),
            Err(Errno::BADF | Errno::NOTSOCK) => return Some(EndCause::Own(SelfExit::LinkClosed)),
            _ => {}
        }
        let mut told = self.ends().filter(|(end, _)| sys::is_readable(*end));
        told.next().map(|(_, cause)| cause)
    }
}

impl TaskThread {
    /// The thread that this is called on.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn current(features: SystemFeatures) -> Self {
        use rustix::process::{PidfdFlags, pidfd_open};

        /// Tells of a thread, not of the process that it is in.
        const PIDFD_THREAD: u32 = rustix::fs::OFlags::EXCL.bits();

        let own = rustix::thread::gettid();
        let flags = PidfdFlags::from_bits_retain(PIDFD_THREAD);
        if let Some(told) = features
            .pidfd
            .then(|| pidfd_open(own, flags).ok())
            .flatten()
        {
            return Self::Pidfd(told);
        }
        let stat = format!("/proc/self/task/{}/stat", own.as_raw_nonzero());
        File::open(stat).map_or(Self::Unknown, Self::StatFile)
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn current(_: SystemFeatures) -> Self {
        Self::Unknown
    }

    /// Whether it has ended, where its state has to be read.
    fn has_ended(&self) -> bool {
        let Self::StatFile(stat) = self else {
            return false;
        };
        let mut text = [0; 512];
        match stat.read_at(&mut text, 0) {
            // `id (name) state ...`: the name may hold anything, a parenthesis too.
            Ok(len) => {
                let end = text[..len].windows(2).rposition(|two| two == b") ");
                end.is_some_and(|end| text.get(end + 2).is_some_and(|state| b"ZX".contains(state)))
            }
            // The thread is gone.
            Err(error) => error.raw_os_error() == Some(Errno::SRCH.raw_os_error()),
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn parent_pidfd(parent: u32) -> Option<OwnedFd> {
    use rustix::process::{Pid, PidfdFlags, pidfd_open};

    let parent = i32::try_from(parent).ok().and_then(Pid::from_raw)?;
    // If another process has this id by now, the parent is gone; that is checked before the first
    // wait.
    pidfd_open(parent, PidfdFlags::empty()).ok()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn parent_pidfd(_: u32) -> Option<OwnedFd> {
    None
}

fn ask_for_death_signal() {
    // Without it only a stopped worker outlives its parent.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _ = process::set_parent_process_death_signal(Some(Signal::CONT));
}

/// Kills this process and its group, by whatever means the system allows.
pub(crate) fn end_group() -> ! {
    let own = process::getpid();
    // The group may have another leader: then it is not killed.
    if sys::group_of(None) == Some(own) {
        let _ = process::kill_process_group(own, Signal::KILL);
    }
    let _ = process::kill_process(own, Signal::KILL);
    // A filter may forbid both.
    sys::exit_now(1)
}
