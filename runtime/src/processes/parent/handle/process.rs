//! One worker process, as the system sees it.
//!
//! A pidfd tells that it has exited, where the system has pidfds: a process that the worker has
//! started may hold the worker's end of the socket open.
//!
//! If the system refuses one way to kill it (a filter, other rights), the next one is tried:
//!
//! ```text
//!   signal through the pidfd --> signal to the id --> close the socket: the worker ends itself
//! ```

use std::{
    io::{self, PipeReader},
    os::fd::OwnedFd,
    sync::Arc,
};

use rustix::{
    io::Errno,
    process::{self, Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus},
};

use crate::{
    error::WorkerEnd,
    processes::{
        os::{memory, sys},
        wire::handshake::SystemFeatures,
    },
};

/// A child that has not been reaped.
pub(crate) struct Process {
    pid: Pid,
    /// Readable once the process has ended; none where the system has no such thing, or the
    /// program reaped the child itself.
    pub(crate) pidfd: Option<OwnedFd>,
    /// Its standard error, if that is captured. Does not block.
    pub(crate) stderr: Option<Arc<PipeReader>>,
}

impl Process {
    /// A child of this program that was just started.
    pub(crate) fn new(
        id: u32,
        stderr: Option<PipeReader>,
        features: SystemFeatures,
    ) -> io::Result<Self> {
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("no process has such an id"))?;
        Ok(Self {
            pid,
            pidfd: features.pidfd.then(|| open_pidfd(pid)).flatten(),
            stderr: stderr.map(Arc::new),
        })
    }

    pub(crate) fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// The number of bytes of memory that it holds: its resident set, shared pages included; and
    /// whether it is stopped, so that this does not change. `None` if the system does not tell.
    pub(crate) fn memory(&self) -> Option<(u64, bool)> {
        memory::memory_and_stop_of(self.id())
    }

    /// Sends a signal to the worker, if it is there. False if the system lets this process send it
    /// none.
    #[must_use]
    pub(crate) fn signal(&self, signal: Signal) -> bool {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Some(pidfd) = &self.pidfd
            && is_sent(process::pidfd_send_signal(pidfd, signal))
        {
            return true;
        }
        !self.is_ours() || is_sent(process::kill_process(self.pid, signal))
    }

    /// Kills the worker, and the processes of its group. False if the system does not let this
    /// process kill it.
    #[must_use]
    pub(crate) fn kill(&self) -> bool {
        let is_killed = self.signal(Signal::KILL);
        self.kill_group();
        is_killed
    }

    /// Kills what is left of the worker's process group.
    pub(crate) fn kill_group(&self) {
        if let Some(pidfd) = &self.pidfd
            && is_sent(sys::signal_group(pidfd, Signal::KILL))
        {
            return;
        }
        // The id is the group's as long as one of it is left; that of a dead worker which the
        // system has reaped by itself may be another's, and is if there is a process of this id.
        let is_gone = || process::test_kill_process(self.pid) == Err(Errno::SRCH);
        if self.is_ours() || is_gone() {
            let _ = process::kill_process_group(self.pid, Signal::KILL);
        }
    }

    /// Kills the process group of a dead worker, and takes its status. Does not block on Linux.
    pub(crate) fn reap(&self) -> WorkerEnd {
        // It is dead; whether it could have been killed is of no interest.
        let _ = self.kill();
        match wait(self.wait_id(), WaitIdOptions::EXITED) {
            Ok(Some(status)) => worker_end(&status),
            _ => WorkerEnd::Unknown,
        }
    }

    /// Reaps the orphans of the worker's group, where the system makes them children of this
    /// program: of process 1, or of a subreaper. False if some of them have yet to end.
    ///
    /// No other child is reaped: while a process of the group is left, no other group has its id.
    pub(crate) fn reap_group(&self) -> bool {
        loop {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
            match wait(WaitId::Pgid(Some(self.pid)), options) {
                Ok(Some(_)) => {}
                Ok(None) => return false,
                // No child of this program is in that group.
                Err(_) => return true,
            }
        }
    }

    /// Whether the process has ended.
    pub(crate) fn has_ended(&self) -> bool {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !matches!(wait(self.wait_id(), look), Ok(None))
    }

    /// Whether the id still is that of our child: alive, or a zombie.
    fn is_ours(&self) -> bool {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        wait(self.wait_id(), look).is_ok()
    }

    fn wait_id(&self) -> WaitId<'_> {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Some(pidfd) = &self.pidfd {
            return WaitId::PidFd(std::os::fd::AsFd::as_fd(pidfd));
        }
        WaitId::Pid(self.pid)
    }
}

/// Whether a signal was sent, or there is no process that it could be sent to.
fn is_sent(sent: rustix::io::Result<()>) -> bool {
    matches!(sent, Ok(()) | Err(Errno::SRCH))
}

/// Takes a status, whatever signals this program handles meanwhile.
fn wait(id: WaitId<'_>, options: WaitIdOptions) -> rustix::io::Result<Option<WaitIdStatus>> {
    loop {
        match process::waitid(id.clone(), options) {
            Err(Errno::INTR) => {}
            waited => return waited,
        }
    }
}

fn worker_end(status: &WaitIdStatus) -> WorkerEnd {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => WorkerEnd::Exited(code),
        (None, Some(signal)) => WorkerEnd::Killed(signal),
        (None, None) => WorkerEnd::Unknown,
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn open_pidfd(pid: Pid) -> Option<OwnedFd> {
    process::pidfd_open(pid, process::PidfdFlags::empty()).ok()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn open_pidfd(_: Pid) -> Option<OwnedFd> {
    None
}
