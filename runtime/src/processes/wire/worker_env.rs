//! The mark in the environment by which a parent tells a process that it is a worker.
//!
//! ```text
//!   CONCURRENT_FUTURES_WORKER = parent's pid : inode of the socket that is standard input : build
//! ```
//!
//! The kernel confirms the first two: standard input is that very socket, and its other end belongs
//! to the parent. A worker removes the mark, so that programs which a task starts have none. A mark
//! of two numbers, without a build, was made by hand, and counts only together with its socket.

use std::{
    ffi::OsStr,
    io,
    os::fd::{BorrowedFd, OwnedFd},
};

use rustix::{
    fs::{FileType, fstat},
    process,
};

use super::identity::Identity;

/// The name of the variable.
pub(crate) const VARIABLE: &str = "CONCURRENT_FUTURES_WORKER";

/// A parsed mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EnvMark {
    pub(crate) parent: u32,
    pub(crate) socket: u64,
    /// The build of the parent.
    build: Option<u64>,
}

/// The mark of a worker whose end of the connection is `link`, and whose parent is of this build.
pub(crate) fn value(link: &OwnedFd, build: u64) -> io::Result<String> {
    let (parent, socket) = (std::process::id(), fstat(link)?.st_ino);
    Ok(format!("{parent}:{socket}:{build}"))
}

/// Whether this process was started to be a worker and has not called `init`.
pub(crate) fn is_unclaimed() -> bool {
    let mark = std::env::var_os(VARIABLE);
    let mark = mark.as_deref().and_then(EnvMark::read);
    mark.is_some_and(|mark| is_socket(rustix::stdio::stdin(), mark.socket) || mark.is_meant())
}

impl EnvMark {
    pub(crate) fn read(text: &OsStr) -> Option<Self> {
        let mut numbers = text.to_str()?.split(':');
        let mark = Self {
            parent: numbers.next()?.parse().ok()?,
            socket: numbers.next()?.parse().ok()?,
            build: match numbers.next() {
                Some(build) => Some(build.parse().ok()?),
                None => None,
            },
        };
        numbers.next().is_none().then_some(mark)
    }

    /// Whether a pool has made it for this process, or for a program that has started this process
    /// instead of becoming it.
    pub(crate) fn is_meant(self) -> bool {
        let Some(build) = self.build else {
            return false;
        };
        parent_pid() == Some(self.parent)
            || Identity::of_this_program().is_ok_and(|own| own.fingerprint() == build)
    }
}

pub(crate) fn is_socket(fd: BorrowedFd<'_>, number: u64) -> bool {
    fstat(fd).is_ok_and(|found| {
        found.st_ino == number && FileType::from_raw_mode(found.st_mode) == FileType::Socket
    })
}

/// The parent of this process, if that still exists.
pub(crate) fn parent_pid() -> Option<u32> {
    let parent = process::getppid()?;
    u32::try_from(parent.as_raw_nonzero().get()).ok()
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_two_numbers_or_three() {
        let read = |text: &str| EnvMark::read(text.as_ref());
        let mark = |build| EnvMark {
            parent: 1,
            socket: 2,
            build,
        };

        assert_eq!(read("1:2"), Some(mark(None)));
        assert_eq!(read("1:2:3"), Some(mark(Some(3))));
        for text in ["", "1", "x:y", "1:", "1:2:", "1:2:x", "1:2:3:4", "-1:2"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
