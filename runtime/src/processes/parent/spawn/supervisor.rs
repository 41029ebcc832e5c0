//! The supervisor: one thread that spawns the workers of all pools.
//!
//! It outlives every worker, because a parent-death signal is sent when the *thread* that spawned
//! the worker ends. It ends with the last pool.

use std::{
    io::{self, IoSlice, PipeReader, PipeWriter},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
    sync::{Arc, Mutex, PoisonError, Weak},
    thread::{self, JoinHandle},
};

use crossbeam_channel::{Receiver, Sender};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use super::command::{SpawnError, WorkerCommand};
use crate::{
    origin::Origin,
    processes::{
        os::sys,
        parent::handle::{SpawnedWorker, outbox::Outbox, process::Process},
        shared::table::Table,
    },
};

/// Spawns one worker of a pool, and tells the pool what came of it.
struct SpawnRequest {
    command: Arc<WorkerCommand>,
    report: Report,
}

/// Called with the worker, or with why there is none.
type Report = Box<dyn FnOnce(Result<SpawnedWorker, SpawnError>) + Send>;

/// The thread, as the pools see it.
pub(crate) struct Supervisor {
    /// `None` once it is dropped, which ends the thread.
    requests: Option<Sender<SpawnRequest>>,
    thread: Option<JoinHandle<()>>,
}

/// The supervisor of this process, if there is one, and the process that it is in.
static CURRENT: Mutex<Option<(Origin, Weak<Supervisor>)>> = Mutex::new(None);

impl Supervisor {
    /// The present supervisor, or a new one.
    pub(crate) fn get() -> io::Result<Arc<Self>> {
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((origin, supervisor)) = &*current
            && origin.is_here()
            && let Some(supervisor) = supervisor.upgrade()
        {
            return Ok(supervisor);
        }
        let (requests, receiver) = crossbeam_channel::unbounded();
        let thread = thread::Builder::new()
            .name("cf-supervisor".to_owned())
            .spawn(move || serve(&receiver))?;
        let supervisor = Arc::new(Self {
            requests: Some(requests),
            thread: Some(thread),
        });
        *current = Some((Origin::here(), Arc::downgrade(&supervisor)));
        Ok(supervisor)
    }

    /// Has a worker spawned; `report` is called on the supervisor's thread.
    pub(crate) fn spawn(
        &self,
        command: Arc<WorkerCommand>,
        report: impl FnOnce(Result<SpawnedWorker, SpawnError>) + Send + 'static,
    ) {
        if let Some(requests) = &self.requests {
            let report = Box::new(report);
            requests
                .send(SpawnRequest { command, report })
                .expect("the thread lives as long as this does");
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        drop(self.requests.take());
        let own = thread::current().id();
        if let Some(thread) = self.thread.take_if(|thread| thread.thread().id() != own) {
            // It runs no user code. The message of a panic of ours was printed.
            let _ = thread.join();
        }
    }
}

fn serve(requests: &Receiver<SpawnRequest>) {
    for SpawnRequest { command, report } in requests {
        report(spawn(&command));
    }
}

fn spawn(command: &WorkerCommand) -> Result<SpawnedWorker, SpawnError> {
    let (table, words) = Table::create().map_err(SpawnError::Memory)?;
    let table = Arc::new(table);
    let (outbox, theirs) = connect(command, words).map_err(SpawnError::Socket)?;
    let (heard, stderr) = stderr(command).map_err(SpawnError::Socket)?;
    // Dropping std's `Child` neither kills nor reaps the process; `Process` does that.
    let child = command.spawn(theirs, stderr)?;
    let process =
        Process::new(child.id(), heard, command.welcome.features).map_err(SpawnError::Socket)?;
    let process = Arc::new(process);
    Ok(SpawnedWorker {
        process,
        outbox,
        table,
    })
}

/// Both ends of a connection, on which the welcome is under way.
fn connect(command: &WorkerCommand, words: OwnedFd) -> io::Result<(Arc<Outbox>, OwnedFd)> {
    let (ours, theirs) = UnixStream::pair()?;
    let rest = welcome(&ours, command, words)?;
    let outbox = Outbox::new(ours)?;
    outbox.push(|out| out.extend_from_slice(&rest));
    Ok((Arc::new(outbox), theirs.into()))
}

/// Both ends of a worker's standard error, if it is captured. Ours does not block.
fn stderr(command: &WorkerCommand) -> io::Result<(Option<PipeReader>, Option<PipeWriter>)> {
    if !command.captures_stderr {
        return Ok((None, None));
    }
    let (ours, theirs) = io::pipe()?;
    rustix::io::ioctl_fionbio(&ours, true)?;
    Ok((Some(ours), Some(theirs)))
}

/// Sends the welcome before the worker is spawned: the socket buffers it. Returns the bytes that
/// the socket did not take.
fn welcome(ours: &UnixStream, command: &WorkerCommand, words: OwnedFd) -> io::Result<Vec<u8>> {
    let frame = command.welcome_frame();
    let output = std::io::stdout();
    let fds: Vec<BorrowedFd<'_>> = if command.welcome.has_output {
        vec![words.as_fd(), output.as_fd()]
    } else {
        vec![words.as_fd()]
    };
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut rights = SendAncillaryBuffer::new(&mut space);
    rights.push(SendAncillaryMessage::ScmRights(&fds));
    let flags = sys::send_flags() | SendFlags::DONTWAIT;
    let sent = sendmsg(ours, &[IoSlice::new(&frame)], &mut rights, flags)?;
    Ok(frame[sent..].to_vec())
}
