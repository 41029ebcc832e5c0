//! The words of one worker, in memory that it shares with its parent.
//!
//! ```text
//!   | since | word 0 | word 1 | ... |        call n has word n modulo their count
//! ```
//!
//! `since` is when the worker claimed its last call, on the clock that both read: it is written
//! before that claim, where the call has a time limit. The memory has no name, and cannot be made smaller
//! by the worker, whose parent would fall over the edge.

use std::{
    fs::File,
    io,
    os::fd::OwnedFd,
    sync::atomic::{AtomicU64, Ordering},
};

use memmap2::{MmapOptions, MmapRaw};

use super::claims::{Claim, Given, Number};

/// How many calls may be with a worker at the same time, at most.
pub(super) const WORDS: usize = 256;

const BYTES: usize = (1 + WORDS) * size_of::<u64>();

/// The mapped words.
pub(super) struct Table(MmapRaw);

impl Table {
    /// New words, and what a worker opens them by.
    pub(super) fn create() -> io::Result<(Self, OwnedFd)> {
        let fd = unnamed_memory()?;
        rustix::fs::ftruncate(&fd, BYTES as u64)?;
        seal(&fd)?;
        let file = File::from(fd);
        let map = MmapOptions::new().len(BYTES).map_raw(&file)?;
        Ok((Self(map), file.into()))
    }

    /// The words that a parent has made.
    pub(super) fn open(fd: OwnedFd) -> io::Result<Self> {
        let file = File::from(fd);
        if file.metadata()?.len() < BYTES as u64 {
            return Err(io::Error::other("the claim table is too short"));
        }
        Ok(Self(MmapOptions::new().len(BYTES).map_raw(&file)?))
    }

    /// Parent: gives its word to the call of this number.
    pub(super) fn send(&self, number: Number) -> Given {
        self.claim(number).send(number.minus(WORDS as u64))
    }

    /// The claim on the call of this number.
    pub(super) fn claim(&self, number: Number) -> Claim<'_, AtomicU64> {
        let word = number.0 % WORDS as u64;
        Claim::new(self.word(1 + word as usize), number)
    }

    /// Worker: the call that is claimed next is claimed at this moment.
    pub(super) fn note_since(&self, nanoseconds: u64) {
        // ORDERING: the claim that follows publishes it.
        self.word(0).store(nanoseconds, Ordering::Relaxed);
    }

    /// Parent: when the call was claimed that the worker runs.
    pub(super) fn since(&self) -> u64 {
        // ORDERING: as in `note_since`.
        self.word(0).load(Ordering::Relaxed)
    }

    fn word(&self, index: usize) -> &AtomicU64 {
        assert!(index <= WORDS, "unreachable: no such word");
        let place = self.0.as_mut_ptr().cast::<AtomicU64>();
        // SAFETY: the index was checked; the mapping has room for so many words.
        let place = unsafe { place.add(index) };
        // SAFETY: mapped pages are aligned, readable and writable, and stay mapped while `self` lives;
        // both processes use the words only as atomics, of which every bit pattern is one.
        unsafe { &*place }
    }
}

impl Table {
    /// Overwrites all words, as a worker run wild might.
    #[cfg(feature = "test-hooks")]
    pub(super) fn scribble(&self, with: u64) {
        (0..=WORDS).for_each(|index| self.word(index).store(with, Ordering::SeqCst));
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn unnamed_memory() -> io::Result<OwnedFd> {
    use rustix::fs::{MemfdFlags, memfd_create};

    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    Ok(memfd_create(c"claims", flags)?)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn seal(fd: &OwnedFd) -> io::Result<()> {
    use rustix::fs::{SealFlags, fcntl_add_seals};

    Ok(fcntl_add_seals(
        fd,
        SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL,
    )?)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn unnamed_memory() -> io::Result<OwnedFd> {
    use std::sync::atomic::AtomicU32;

    use rustix::{fs::Mode, shm};

    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("/cf-{}-{number}", std::process::id());
    let flags = shm::OFlags::CREATE | shm::OFlags::EXCL | shm::OFlags::RDWR;
    let fd = shm::open(&*name, flags, Mode::RUSR | Mode::WUSR)?;
    shm::unlink(&*name)?;
    Ok(fd)
}

/// Elsewhere nothing keeps a worker from making the memory smaller.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn seal(_: &OwnedFd) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn what_one_side_sends_the_other_claims() {
        let (parent, fd) = Table::create().expect("the system gives memory");
        let worker = Table::open(fd).expect("the system gives memory");
        let number = Number(3);
        assert_eq!(parent.send(number), Given::Sent);

        assert!(worker.claim(number).claim());

        assert!(parent.claim(number).is_claimed());
        assert!(!worker.claim(number.plus(1)).claim());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_worker_cannot_make_the_table_smaller() {
        let (_parent, fd) = Table::create().expect("the system gives memory");

        assert!(rustix::fs::ftruncate(&fd, 0).is_err());
    }
}
