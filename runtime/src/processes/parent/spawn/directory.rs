//! The working directory of workers: the one in which the pool was made.
//!
//! A descriptor holds it: when a worker starts, the directory may have another name or none, and
//! its name may be that of another directory. The child enters it by the descriptor before it
//! executes the program, so that relative paths in the environment of the loader are valid too.

use std::{
    io,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, Mode, OFlags, fstat, openat};

/// A directory, and the name that it had.
pub(crate) struct Directory {
    name: PathBuf,
    held: Option<OwnedFd>,
}

impl Directory {
    /// The working directory of this program.
    pub(crate) fn current() -> io::Result<Self> {
        Ok(Self {
            name: std::env::current_dir().unwrap_or_default(),
            held: hold_current()?,
        })
    }

    /// The path that a child enters; `None` if it starts in the directory of this program, which is
    /// the same directory, or the only one that is known.
    pub(crate) fn entry(&self) -> io::Result<Option<PathBuf>> {
        let Some(held) = &self.held else {
            return Ok((!self.name.as_os_str().is_empty()).then(|| self.name.clone()));
        };
        match open(held.as_fd(), ".".as_ref()) {
            // Without `/proc` only its name is known.
            Ok(_) => Ok(Some(
                by_descriptor(held).unwrap_or_else(|| self.name.clone()),
            )),
            // This program may not enter it, and need not if it is still there.
            Err(_) if is_current(held) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn name(&self) -> &Path {
        &self.name
    }
}

/// The directory itself, even if this program may no more enter it; `None` on systems where a child
/// can be given names only.
fn hold_current() -> io::Result<Option<OwnedFd>> {
    if !cfg!(any(target_os = "linux", target_os = "android")) {
        return Ok(None);
    }
    let here = open(CWD, ".".as_ref());
    match here.or_else(|_| open(CWD, OWN.as_ref())) {
        Ok(held) => Ok(Some(held)),
        // No descriptor is left. With any other error the name has to do.
        Err(error) if is_lack(&error) => Err(error),
        Err(_) => Ok(None),
    }
}

const OWN: &str = "/proc/self/cwd";

fn is_lack(error: &io::Error) -> bool {
    let lacks = [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE];
    lacks
        .iter()
        .any(|lack| error.raw_os_error() == Some(lack.raw_os_error()))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
const HOLD: OFlags = OFlags::PATH;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const HOLD: OFlags = OFlags::RDONLY;

fn open(from: BorrowedFd<'_>, path: &Path) -> io::Result<OwnedFd> {
    let flags = HOLD | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(openat(from, path, flags, Mode::empty())?)
}

/// A path that leads to the descriptor, in this program and in a child before it executes another.
fn by_descriptor(held: &OwnedFd) -> Option<PathBuf> {
    let path = PathBuf::from(format!("/proc/self/fd/{}", held.as_raw_fd()));
    path.is_symlink().then_some(path)
}

/// Whether it is the working directory of this program.
fn is_current(held: &OwnedFd) -> bool {
    let here = rustix::fs::stat(OWN);
    let there = fstat(held);
    here.is_ok_and(|here| {
        there.is_ok_and(|there| (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino))
    })
}
