//! The watching thread of a worker: it ends the worker, and all that the worker has started.
//!
//! ```text
//!   link: the parent's end is closed ------------.
//!   pidfd of the parent: it has ended -----------+--> note why, SIGKILL to the process group
//!   pidfd of the task's thread: it has ended ----'
//! ```
//!
//! - **The death signal is SIGCONT.** A stopped worker runs no thread, and SIGCONT has it go on
//!   whatever a task blocks or ignores. SIGKILL would end the worker before this thread has ended
//!   what tasks have started.
//! - **A wait under way cannot be blinded**: `poll` holds the files it waits on, so that a task
//!   that closes all descriptors of the process changes nothing until the next wait, which takes
//!   the lack of the link for its end.
//! - **No error makes a loop.** Where `poll` fails (a sandbox has set the limit on open files to
//!   zero, a filter forbids it) or there is no pidfd, this thread looks ten times a second.
//!
//! Deliberately absent: an orderly end. The parent, which would hear of it, is gone.

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
    process::{self, Pid, Signal},
};

use crate::processes::{
    os::sys,
    shared::table::{SelfExit, Table},
    wire::{features::SystemFeatures, worker_env},
};

/// How often to look where the system does not tell.
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

/// How it is known whether the thread that runs calls is still there.
enum TaskThread {
    /// Readable once it has ended.
    Pidfd(OwnedFd),
    /// Its state, as the system writes it.
    StatFile(File),
    Unknown,
}

/// Why it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EndCause {
    /// The parent is gone, or wants this worker to be.
    Parent,
    /// Something that the parent is to be told.
    Own(SelfExit),
}

/// Has this process ended when its parent is gone, or the calling thread, which runs the calls.
pub(crate) fn start(
    socket: &Arc<UnixStream>,
    table: &Arc<Table>,
    parent: u32,
    features: SystemFeatures,
) -> io::Result<()> {
    // Opened before a task can take that from the process.
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
    /// Waits until it is over.
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

    /// Looks at what no descriptor needs to tell.
    fn look(&self) -> Option<EndCause> {
        if worker_env::parent_pid() != Some(self.parent) {
            return Some(EndCause::Parent);
        }
        let has_ended = self.task_thread.has_ended();
        has_ended.then_some(EndCause::Own(SelfExit::ThreadEnded))
    }

    /// Waits for the system's word; `None` if there is none for a while.
    fn poll(&self) -> rustix::io::Result<Option<EndCause>> {
        // Asks for nothing of the link: that the other end is gone is told in any case.
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

    /// Looks at the link and the other descriptors one by one, without `poll`.
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

    /// Whether it has ended, as far as that can be asked.
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
            // Of a thread that is gone altogether.
            Err(error) => error.raw_os_error() == Some(Errno::SRCH.raw_os_error()),
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn parent_pidfd(parent: u32) -> Option<OwnedFd> {
    use rustix::process::{PidfdFlags, pidfd_open};

    let parent = i32::try_from(parent).ok().and_then(Pid::from_raw)?;
    // Should it be another process of this id, the parent is gone, and is looked for before the
    // first wait.
    pidfd_open(parent, PidfdFlags::empty()).ok()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn parent_pidfd(_: u32) -> Option<OwnedFd> {
    None
}

fn ask_for_death_signal() {
    // Refused, it is missed only where this worker is stopped.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _ = process::set_parent_process_death_signal(Some(Signal::CONT));
}

/// Ends this process and its group, by whatever the system lets it.
pub(crate) fn end_group() -> ! {
    let own = process::getpid();
    // A group that this process does not lead is none of its business.
    if sys::group_of(None) == Some(own) {
        let _ = process::kill_process_group(own, Signal::KILL);
    }
    let _ = process::kill_process(own, Signal::KILL);
    // A filter may forbid both.
    sys::exit_now(1)
}
