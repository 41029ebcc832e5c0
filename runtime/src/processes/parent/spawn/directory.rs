//! The directory that a pool was made in, where its workers start.
//!
//! It is held by a descriptor: by the time that a worker starts, the directory may have another
//! name or none, and its name may be another directory's. A child enters it by that descriptor
//! before it becomes a worker, so that relative paths in the environment of the loader hold for it
//! too.

use std::{
    io,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, Mode, OFlags, fstat, openat};

/// A directory, and what it was called.
pub(crate) struct Directory {
    name: PathBuf,
    held: Option<OwnedFd>,
}

impl Directory {
    /// The one that this program is in.
    pub(crate) fn current() -> io::Result<Self> {
        Ok(Self {
            name: std::env::current_dir().unwrap_or_default(),
            held: hold_current()?,
        })
    }

    /// What a child is told to enter; `None` if it begins where this program is, which is that very
    /// directory or the only one that is known.
    pub(crate) fn entry(&self) -> io::Result<Option<PathBuf>> {
        let Some(held) = &self.held else {
            return Ok((!self.name.as_os_str().is_empty()).then(|| self.name.clone()));
        };
        match open(held.as_fd(), ".".as_ref()) {
            // Without `/proc` its name is all there is.
            Ok(_) => Ok(Some(
                by_descriptor(held).unwrap_or_else(|| self.name.clone()),
            )),
            // This program may not go there, but a child need not go if this program has stayed.
            Err(_) if is_current(held) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn name(&self) -> &Path {
        &self.name
    }
}

/// The directory itself, though this program may have lost the right to enter it; `None` where
/// names are all that a child can be told.
fn hold_current() -> io::Result<Option<OwnedFd>> {
    if !cfg!(any(target_os = "linux", target_os = "android")) {
        return Ok(None);
    }
    let here = open(CWD, ".".as_ref());
    match here.or_else(|_| open(CWD, OWN.as_ref())) {
        Ok(held) => Ok(Some(held)),
        // No descriptor is left; anything else is no reason to be without workers.
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

/// A path that leads to the descriptor, in this program and in a child that has not become another.
fn by_descriptor(held: &OwnedFd) -> Option<PathBuf> {
    let path = PathBuf::from(format!("/proc/self/fd/{}", held.as_raw_fd()));
    path.is_symlink().then_some(path)
}

/// Whether this program is there.
fn is_current(held: &OwnedFd) -> bool {
    let here = rustix::fs::stat(OWN);
    let there = fstat(held);
    here.is_ok_and(|here| {
        there.is_ok_and(|there| (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino))
    })
}
