//! What tells a process that it was started to be a worker.
//!
//! ```text
//!   CONCURRENT_FUTURES_WORKER = parent's pid : number of the socket that is standard input
//! ```
//!
//! Both are checked with the kernel: standard input is that very socket, whose other end belongs to the parent.
//! A program that a task starts has another standard input and another parent, so that a mark it
//! might have been handed means nothing; a set-uid program is never a worker. The mark is removed in any case.

use std::{
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
};

use rustix::{fs::fstat, process};

pub(super) const VARIABLE: &str = "CONCURRENT_FUTURES_WORKER";

/// What a process is.
pub(super) enum Nature {
    /// A program like any other.
    Program,
    /// A worker, and its link.
    Worker { link: OwnedFd, parent: u32 },
    /// It was started to be a worker, by a parent that has gone.
    Orphan,
}

/// The mark of a worker whose end of the link is `link`.
pub(super) fn of(link: &OwnedFd) -> io::Result<String> {
    Ok(format!("{}:{}", std::process::id(), fstat(link)?.st_ino))
}

/// Looks for the mark, and removes it.
pub(super) fn take() -> Nature {
    let Some(mark) = std::env::var_os(VARIABLE) else {
        return Nature::Program;
    };
    // SAFETY: `init` asks to be called first in `main`; other threads that look at the environment
    // through std are kept out by its lock.
    unsafe { std::env::remove_var(VARIABLE) };
    let mark = mark.to_str().and_then(|mark| mark.split_once(':'));
    let Some((parent, socket)) =
        mark.and_then(|(parent, socket)| Some((parent.parse().ok()?, socket.parse().ok()?)))
    else {
        return Nature::Program;
    };
    let input = rustix::stdio::stdin();
    if has_gained_rights() || !is_socket(input, socket) {
        return Nature::Program;
    }
    match own_link(input, parent) {
        Some(link) => Nature::Worker { link, parent },
        None => Nature::Orphan,
    }
}

fn has_gained_rights() -> bool {
    process::getuid() != process::geteuid()
        || process::getgid() != process::getegid()
        || is_secure_execution()
}

/// Whether the system gave this program rights that who started it has not: by file capabilities, say.
fn is_secure_execution() -> bool {
    const AT_SECURE: usize = 23;
    const WORD: usize = size_of::<usize>();

    let auxiliary = std::fs::read("/proc/self/auxv").unwrap_or_default();
    let word = |bytes: &[u8]| {
        bytes
            .try_into()
            .map(usize::from_ne_bytes)
            .unwrap_or_default()
    };
    let (entries, _) = auxiliary.as_chunks::<{ 2 * WORD }>();
    let mut entries = entries.iter();
    entries.any(|entry| word(&entry[..WORD]) == AT_SECURE && word(&entry[WORD..]) != 0)
}

fn is_socket(fd: BorrowedFd<'_>, number: u64) -> bool {
    fstat(fd).is_ok_and(|found| {
        found.st_ino == number
            && rustix::fs::FileType::from_raw_mode(found.st_mode) == rustix::fs::FileType::Socket
    })
}

/// The link, out of the way of what a task reads: standard input is empty from here on.
fn own_link(input: BorrowedFd<'_>, parent: u32) -> Option<OwnedFd> {
    let is_from_parent = peer(input).is_none_or(|peer| peer == parent);
    if !is_from_parent || parent_pid() != Some(parent) {
        return None;
    }
    let link = rustix::io::fcntl_dupfd_cloexec(input, 3).ok()?;
    let nothing = std::fs::File::open("/dev/null").ok()?;
    rustix::stdio::dup2_stdin(nothing.as_fd()).ok()?;
    Some(link)
}

/// The process that made the socket, where the system tells.
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

/// Who started this process, if that is still there.
pub(super) fn parent_pid() -> Option<u32> {
    let parent = process::getppid()?;
    u32::try_from(parent.as_raw_nonzero().get()).ok()
}
