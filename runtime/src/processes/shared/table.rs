//! The table: memory that one worker and its parent map, with claim words, counters and the ring.
//!
//! ```text
//!   | since | written | read | asleep | taking over | exit | word 0 | word 1 | ... | ring: bytes |
//!                                              batch n has word n modulo their count
//! ```
//!
//! - `since` is the moment of the worker's last claim, on the clock that both read. It is written
//!   before that claim if the call has a time limit. The parent believes no moment that is earlier
//!   than what it has seen.
//! - `written` and `read` are the two ends of the `ring`; `asleep` is the flag of `wakeup`.
//! - `taking over` is the number of the last batch with a long frame whose header the worker has
//!   seen, and `exit` is why the worker ended itself. The parent reads both once the worker is
//!   dead.
//!
//! Each counter has a cache line of its own, against false sharing. The memory has no name, and is
//! sealed: if a worker could truncate it, reading past its end would raise SIGBUS in the parent.

use std::{
    fs::File,
    io,
    os::fd::OwnedFd,
    sync::atomic::{AtomicU64, Ordering},
};

use memmap2::{MmapOptions, MmapRaw};

use super::claims::{BatchNumber, Claim, Handover};

/// The maximum number of batches that are with a worker at the same time.
pub(crate) const WORDS: usize = 256;

/// The size of the ring in bytes; a power of two.
pub(crate) const RING: usize = 256 << 10;

/// The size of a cache line, or more.
const CACHE_LINE: usize = 128;

const CLAIMS_START: usize = 6 * CACHE_LINE;
const RING_START: usize = CLAIMS_START + WORDS * size_of::<u64>();
const BYTES: usize = RING_START + RING;

/// The counters that are no claims.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counter {
    /// When the last call was claimed.
    Since = 0,
    /// The number of bytes ever written to the ring. Written by the worker.
    Written = 1,
    /// The number of bytes ever taken from it. Written by the parent.
    Read = 2,
    /// Whether the parent sleeps, and has to be notified. Written by both.
    Asleep = 3,
    /// The batch that the worker allocates memory for. Written by the worker.
    TakingOver = 4,
    /// Why the worker ended itself: a [`SelfExit`], or zero. Written by its watchdog, read when it
    /// is dead.
    SelfExit = 5,
}

/// Why a worker ended itself during a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SelfExit {
    /// The thread that runs its calls is gone.
    ThreadEnded = 1,
    /// A task has closed the descriptor of the socket.
    LinkClosed = 2,
}

impl SelfExit {
    /// What the error of its call says.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::ThreadEnded => "the thread that ran the task ended",
            Self::LinkClosed => "the task closed descriptors that are the worker's",
        }
    }
}

/// The mapped memory.
pub(crate) struct Table(MmapRaw);

impl Table {
    /// New memory, and the descriptor by which the worker maps it.
    pub(crate) fn create() -> io::Result<(Self, OwnedFd)> {
        Self::check_limit()?;
        let fd = unnamed_memory()?;
        rustix::fs::ftruncate(&fd, BYTES as u64)?;
        seal(&fd)?;
        let file = File::from(fd);
        let map = MmapOptions::new().len(BYTES).map_raw(&file)?;
        Ok((Self(map), file.into()))
    }

    /// Refuses what the limit on the size of files forbids: the system would send `SIGXFSZ`, which
    /// ends the program.
    pub(crate) fn check_limit() -> io::Result<()> {
        use rustix::process::{Resource, getrlimit};

        match getrlimit(Resource::Fsize).current {
            Some(limit) if limit < BYTES as u64 => {
                let text = format!(
                    "files may have {limit} bytes, and {BYTES} are needed; raise the limit (`ulimit -f`)"
                );
                Err(io::Error::new(io::ErrorKind::FileTooLarge, text))
            }
            _ => Ok(()),
        }
    }

    /// Maps the memory that the parent has made.
    pub(crate) fn open(fd: OwnedFd) -> io::Result<Self> {
        let file = File::from(fd);
        if file.metadata()?.len() < BYTES as u64 {
            return Err(io::Error::other("the claim table is too short"));
        }
        Ok(Self(MmapOptions::new().len(BYTES).map_raw(&file)?))
    }

    /// Parent: gives the word of this batch to its items.
    pub(crate) fn send(&self, number: BatchNumber, items: usize) -> Handover {
        let last = number.minus(WORDS as u64);
        self.claim(number).send(last, items)
    }

    /// The claim on the batch of this number.
    pub(crate) fn claim(&self, number: BatchNumber) -> Claim<'_, AtomicU64> {
        let word = number.0 as usize % WORDS;
        Claim::new(self.word(CLAIMS_START + word * size_of::<u64>()), number)
    }

    /// Worker: sets the moment of the claim that follows.
    pub(crate) fn note_since(&self, nanoseconds: u64) {
        // ORDERING: the Release of the claim that follows publishes it.
        self.counter(Counter::Since)
            .store(nanoseconds, Ordering::Relaxed);
    }

    /// Parent: the moment of the last claim.
    pub(crate) fn since(&self) -> u64 {
        // ORDERING: as in `note_since`.
        self.counter(Counter::Since).load(Ordering::Relaxed)
    }

    /// Worker: allocates memory for this batch next, and may die before it claims it.
    pub(crate) fn note_taking_over(&self, number: u64) {
        // ORDERING: the parent reads it after this process has ended, which happens after the
        // store.
        self.counter(Counter::TakingOver)
            .store(number, Ordering::Relaxed);
    }

    /// Parent: the last batch that a dead worker allocated memory for.
    pub(crate) fn taking_over(&self) -> u64 {
        // ORDERING: as in `note_taking_over`.
        self.counter(Counter::TakingOver).load(Ordering::Relaxed)
    }

    /// Worker: sets why it is about to end itself.
    pub(crate) fn note_self_exit(&self, exit: SelfExit) {
        // ORDERING: as in `note_taking_over`.
        self.counter(Counter::SelfExit)
            .store(exit as u64, Ordering::Relaxed);
    }

    /// Parent: why the dead worker ended itself, if it did. Any other value counts for nothing.
    pub(crate) fn self_exit(&self) -> Option<SelfExit> {
        // ORDERING: as in `note_end`.
        match self.counter(Counter::SelfExit).load(Ordering::Relaxed) {
            1 => Some(SelfExit::ThreadEnded),
            2 => Some(SelfExit::LinkClosed),
            _ => None,
        }
    }

    pub(crate) fn counter(&self, counter: Counter) -> &AtomicU64 {
        self.word(counter as usize * CACHE_LINE)
    }

    fn word(&self, offset: usize) -> &AtomicU64 {
        assert!(offset < RING_START, "unreachable: no such word");
        // SAFETY: the offset was checked; the mapping is longer.
        let place = unsafe { self.0.as_mut_ptr().add(offset) };
        // SAFETY: mapped pages are aligned, and so are the offsets; they are readable and writable,
        // and stay mapped while `self` lives; both processes use the words only as atomics, for
        // which every bit pattern is valid.
        unsafe { &*place.cast::<AtomicU64>() }
    }

    /// Worker: copies bytes into the ring, at this position in the stream of all bytes. The place
    /// must be free.
    pub(crate) fn put(&self, position: u64, bytes: &[u8]) {
        let (first, second) = bytes.split_at(bytes.len().min(until_wrap(position)));
        self.put_at(position, first);
        if !second.is_empty() {
            self.put_at(0, second);
        }
    }

    fn put_at(&self, position: u64, bytes: &[u8]) {
        let place = self.ring(position, bytes.len());
        // SAFETY: `ring` has checked that these bytes lie inside. The parent reads none of them
        // before `written` covers them; what it may read all the same, it does not trust.
        unsafe { place.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    }

    /// Parent: copies `len` bytes of the ring to the end of `out`, from this position in the stream
    /// of all bytes.
    pub(crate) fn take(&self, position: u64, len: usize, out: &mut Vec<u8>) {
        out.reserve(len);
        let first = len.min(until_wrap(position));
        for (position, len) in [(position, first), (0, len - first)] {
            let place = self.ring(position, len);
            let end = out.spare_capacity_mut().as_mut_ptr().cast::<u8>();
            // SAFETY: `ring` has checked that `len` bytes lie inside, and `reserve` has made room
            // for them. A corrupted worker may overwrite them meanwhile: any bytes are valid, and
            // only the copy is looked at.
            unsafe { end.copy_from_nonoverlapping(place, len) };
            // SAFETY: they were just written.
            unsafe { out.set_len(out.len() + len) };
        }
    }

    fn ring(&self, position: u64, len: usize) -> *mut u8 {
        let offset = position as usize % RING;
        assert!(offset + len <= RING, "unreachable: beyond the ring");
        // SAFETY: the offset was checked; the mapping has the ring at its end.
        unsafe { self.0.as_mut_ptr().add(RING_START + offset) }
    }
}

/// The number of bytes between a position and the end of the ring.
fn until_wrap(position: u64) -> usize {
    RING - position as usize % RING
}

impl Table {
    /// Any of the words, for tests that corrupt it.
    #[cfg(feature = "test-hooks")]
    pub(crate) fn any_word(&self, index: usize) -> Option<&AtomicU64> {
        let offset = index.checked_mul(size_of::<u64>())?;
        (offset < RING_START).then(|| self.word(offset))
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
    // ORDERING: only the number has to be unique.
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("/cf-{}-{number}", std::process::id());
    let flags = shm::OFlags::CREATE | shm::OFlags::EXCL | shm::OFlags::RDWR;
    let fd = shm::open(&*name, flags, Mode::RUSR | Mode::WUSR)?;
    shm::unlink(&*name)?;
    Ok(fd)
}

/// Other systems cannot keep a worker from truncating the memory.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn seal(_: &OwnedFd) -> io::Result<()> {
    Ok(())
}

/// The clock that a parent and its workers share: nanoseconds since a moment that is the same for
/// all processes of this machine.
pub(crate) mod clock {
    use std::time::{Duration, Instant};

    use rustix::time::{ClockId, clock_gettime};

    /// The present moment.
    pub(crate) fn now() -> u64 {
        let now = clock_gettime(ClockId::Monotonic);
        let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
        let nanoseconds = u64::try_from(now.tv_nsec).unwrap_or_default();
        seconds * 1_000_000_000 + nanoseconds
    }

    /// That moment on the shared clock; never zero.
    pub(crate) fn at(moment: Instant) -> u64 {
        let left = moment.saturating_duration_since(Instant::now());
        now().saturating_add(nanoseconds(left)).max(1)
    }

    fn nanoseconds(duration: Duration) -> u64 {
        u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
    }
}

// Miri has no memory that processes share.
#[cfg(all(test, not(loom), not(miri)))]
mod tests {
    use super::*;
    use crate::processes::shared::claims::{ClaimStep, Observed};

    #[test]
    fn what_one_side_sends_the_other_claims() {
        let (parent, fd) = Table::create().expect("the system gives memory");
        let worker = Table::open(fd).expect("the system gives memory");
        let number = BatchNumber(3);
        assert_eq!(parent.send(number, 2), Handover::Sent);

        assert_eq!(worker.claim(number).claim(), ClaimStep::Run(0));

        assert_eq!(parent.claim(number).observe(2), Observed::Claimed(0));
        assert_eq!(worker.claim(number.next()).claim(), ClaimStep::Corrupt);
    }

    #[test]
    fn why_a_worker_ended_itself_is_told_and_other_words_mean_nothing() {
        let (parent, fd) = Table::create().expect("the system gives memory");
        let worker = Table::open(fd).expect("the system gives memory");
        assert_eq!(parent.self_exit(), None);

        for exit in [SelfExit::ThreadEnded, SelfExit::LinkClosed] {
            worker.note_self_exit(exit);
            assert_eq!(parent.self_exit(), Some(exit));
        }

        for word in [3, u64::MAX] {
            let ended = worker.counter(Counter::SelfExit);
            ended.store(word, Ordering::SeqCst);
            assert_eq!(parent.self_exit(), None);
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_worker_cannot_make_the_table_smaller() {
        let (_parent, fd) = Table::create().expect("the system gives memory");

        assert!(rustix::fs::ftruncate(&fd, 0).is_err());
    }
}
