//! What a process is, when it calls `init`: a program, or a worker.
//!
//! | standard input is | mark | then this process is |
//! |---|---|---|
//! | the socket | names the parent | a worker, unless its rights were raised or it has no descriptors |
//! | the socket | names another process | an orphan: it exits |
//! | a connection, by its first bytes | none, or none that can be read | unfit: it exits |
//! | anything else | names the parent, or this build | unfit: it exits |
//! | anything else | says anything else | a program like any other |
//!
//! A process that a pool has started, through whatever lies between, never gets as far as the
//! user's `main`: its pool would start the next one. A program with raised rights (set-uid,
//! set-gid, file capabilities) is no worker, because the program that starts it chooses what it
//! runs.

use std::{
    io,
    os::fd::{BorrowedFd, OwnedFd},
};

use rustix::{
    fs::{FileType, fstat},
    net::{RecvFlags, recv},
};

use crate::processes::{
    os::{rights, sys::send_flags},
    wire::{
        handshake,
        worker_env::{EnvMark, VARIABLE, is_socket, parent_pid},
    },
};

const NO_LINK: &str = "its standard input is not the link to its parent; \
                       start the program with standard input as it is";

const NO_MARK: &str = "`CONCURRENT_FUTURES_WORKER` is missing from its environment; \
                       start the program with the environment as it is";

const RAISED_RIGHTS: &str = "it has raised rights (set-uid, set-gid or file capabilities); \
                             use a program file without them";

/// What this process is.
pub(crate) enum ProcessRole {
    /// A program like any other.
    Program,
    /// A worker, and its end of the connection.
    Worker { link: OwnedFd, parent: u32 },
    /// It was started to be a worker, by a parent that is gone.
    Orphan,
    /// It was started to be a worker, and cannot be one.
    Unfit(Unfit),
}

/// Why a process cannot be a worker.
pub(crate) struct Unfit {
    pub(crate) reason: String,
    /// Whether it would be the same with any other worker.
    pub(crate) is_final: bool,
    /// The inode of the socket, if that is not standard input.
    socket: Option<u64>,
}

/// Finds out what this process is, and removes the mark.
pub(crate) fn take() -> ProcessRole {
    let variable = std::env::var_os(VARIABLE);
    if variable.is_some() {
        // SAFETY: `init` asks to be called first in `main`; other threads that look at the
        // environment through std are kept out by its lock.
        unsafe { std::env::remove_var(VARIABLE) };
    }
    let input = rustix::stdio::stdin();
    let mark = variable.as_deref().and_then(EnvMark::read);
    match mark {
        Some(mark) if is_socket(input, mark.socket) => role_with_link(mark, input),
        Some(mark) if mark.is_meant() => Unfit::with_link_elsewhere(mark.socket).into(),
        _ if is_link(input) => Unfit::new(NO_MARK, true).into(),
        _ => ProcessRole::Program,
    }
}

/// The role of a process whose standard input is the socket that the mark names.
fn role_with_link(mark: EnvMark, input: BorrowedFd<'_>) -> ProcessRole {
    let is_from_parent = peer(input).is_none_or(|peer| peer == mark.parent);
    if !is_from_parent || parent_pid() != Some(mark.parent) {
        return ProcessRole::Orphan;
    }
    if rights::are_raised() {
        return Unfit::new(RAISED_RIGHTS, true).into();
    }
    match own_link(input) {
        Ok(link) => ProcessRole::Worker {
            link,
            parent: mark.parent,
        },
        Err(error) => Unfit::new(&format!("it has no descriptors: {error}"), false).into(),
    }
}

impl Unfit {
    fn new(reason: &str, is_final: bool) -> Self {
        Self {
            reason: format!("worker cannot begin: {reason}"),
            is_final,
            socket: None,
        }
    }

    fn with_link_elsewhere(socket: u64) -> Self {
        let socket = Some(socket);
        Self {
            socket,
            ..Self::new(NO_LINK, true)
        }
    }

    /// Tells the parent over the connection, or the user on standard error.
    pub(crate) fn report(&self) {
        let frame = handshake::unready(&self.reason, self.is_final);
        let flags = send_flags();
        let told = match self.socket {
            None => rustix::net::send(rustix::stdio::stdin(), &frame, flags).is_ok(),
            Some(socket) => send_elsewhere(socket, &frame),
        };
        if !told {
            eprintln!("{}", self.reason);
        }
    }
}

impl From<Unfit> for ProcessRole {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit)
    }
}

/// Sends on the socket with this inode, which may have been moved away from standard input.
fn send_elsewhere(socket: u64, frame: &[u8]) -> bool {
    const MOST: i32 = 256;

    let sends = |fd: BorrowedFd<'_>| {
        is_socket(fd, socket) && rustix::net::send(fd, frame, send_flags()).is_ok()
    };
    (3..MOST).any(|number| sends(fd_numbered(number)))
}

/// The descriptor of this number, which may not be open.
fn fd_numbered(number: i32) -> BorrowedFd<'static> {
    // SAFETY: the number is not -1. The system refuses a descriptor that is not open, and
    // `is_socket` tells whether it is the right one.
    unsafe { BorrowedFd::borrow_raw(number) }
}

/// Whether this is the connection of a worker that has not read anything from it.
fn is_link(input: BorrowedFd<'_>) -> bool {
    let is_socket =
        |found: rustix::fs::Stat| FileType::from_raw_mode(found.st_mode) == FileType::Socket;
    if !fstat(input).is_ok_and(is_socket) {
        return false;
    }
    let mut first = [0; handshake::GREETING.len()];
    let looked = recv(input, &mut first, RecvFlags::PEEK | RecvFlags::DONTWAIT);
    looked.is_ok_and(|(_, len)| len == first.len()) && first == handshake::GREETING
}

/// Moves the connection away from standard input, which is empty from here on.
fn own_link(input: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let link = rustix::io::fcntl_dupfd_cloexec(input, 3)?;
    match std::fs::File::open("/dev/null") {
        Ok(nothing) => rustix::stdio::dup2_stdin(nothing)?,
        // A pipe without a writer is empty too.
        Err(_) => rustix::stdio::dup2_stdin(io::pipe()?.0)?,
    }
    Ok(link)
}

/// The process that made the socket, if the system tells.
fn peer(socket: BorrowedFd<'_>) -> Option<u32> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let peer = rustix::net::sockopt::socket_peercred(socket).ok()?;
        u32::try_from(peer.pid.as_raw_nonzero().get()).ok()
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = socket;
        None
    }
}
