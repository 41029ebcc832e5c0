//! The bytes of calls and results, on their way to or from another process.
//!
//! ```text
//!   Parts   | head | head | head |  + bulk, bulk, ...
//!              |      `-- Part: one call's arguments, or one call's result
//!              `-- codec bytes; for each bulk value its length,
//!                  and its bytes too if it is short
//! ```
//!
//! In one piece, a part is its head and then its bulk. A head begins with its own length, as eight
//! bytes in little-endian order.

#[cfg(all(unix, feature = "processes"))]
pub(super) mod packed;

use std::{fmt, ops::Range};

use serde::{Serialize, de::DeserializeOwned};

use super::codec::{self, CodecError};

/// From this length on, in bytes, a bulk value is kept apart: about where a copy costs more than
/// one allocation.
const APART: usize = 1024;

/// A buffer of calls, or of their results, as bytes: one part for each.
///
/// A remote executor reuses one buffer: it clears it and fills it again. Long values stay in memory
/// until then, so clear it as soon as the bytes are sent.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{Anywhere, Executor, Job, prelude::*, remote};
/// use std::sync::Mutex;
///
/// /// Reuses one buffer for all its calls.
/// struct Loopback(Mutex<remote::Parts>);
///
/// impl Executor for Loopback {
///     type Reach = Anywhere;
///
///     fn execute(&self, job: Job<Anywhere>) {
///         let Some(entry) = job.entry() else {
///             return job.fail(TaskError::rejected("not a call of a task"));
///         };
///         let mut parts = self.0.lock().unwrap();
///         assert!(parts.is_empty());
///         if let Some(call) = job.encode(&mut parts) {
///             assert_eq!(parts.len(), 1);
///             let answers: Vec<_> = parts.iter().map(|part| entry.run(&part.to_vec())).collect();
///             call.finish(answers);
///         }
///         parts.clear();
///     }
/// }
///
/// #[task]
/// fn shout(text: &str) -> String { text.to_uppercase() }
///
/// let executor = Loopback(Mutex::new(remote::Parts::new()));
/// assert_eq!(shout::submit(&executor, "hey").result()?, "HEY");
/// assert_eq!(shout::submit(&executor, "you").result()?, "YOU");
/// # Ok::<(), TaskError>(())
/// ```
#[derive(Default)]
pub struct Parts {
    heads: Vec<u8>,
    bulk: Vec<Box<dyn Apart>>,
    /// Where each part ends, in `heads` and in `bulk`.
    ends: Vec<(usize, usize)>,
}

/// A value that consists of bytes alone.
pub(super) trait Bulk: Send + Sync + Sized + 'static {
    fn bytes(&self) -> &[u8];

    fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError>;
}

/// A long value, kept until its bytes are sent.
trait Apart: Send + Sync {
    fn bytes(&self) -> &[u8];
}

impl<B: Bulk> Apart for B {
    fn bytes(&self) -> &[u8] {
        Bulk::bytes(self)
    }
}

impl Parts {
    #[cfg(all(unix, feature = "processes"))]
    pub(crate) const EMPTY: Self = Self {
        heads: Vec::new(),
        bulk: Vec::new(),
        ends: Vec::new(),
    };

    /// Makes an empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Removes all parts, and keeps the memory for the next ones.
    pub fn clear(&mut self) {
        self.heads.clear();
        self.bulk.clear();
        self.ends.clear();
    }

    /// Returns the number of parts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns true if there is no part.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the parts, in the order in which they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Part<'_>> {
        (0..self.len()).map(|index| self.part(index))
    }

    /// One of the parts.
    #[inline]
    pub(crate) fn part(&self, index: usize) -> Part<'_> {
        self.joined(index..index + 1)
    }

    // Inlined, the four words of a part stay in registers. Through memory they cost a worker three
    // hundredths of the time of the smallest calls.
    #[inline]
    fn joined(&self, parts: Range<usize>) -> Part<'_> {
        let end_of = |parts: usize| parts.checked_sub(1).map(|last| self.ends[last]);
        let (start, end) = (end_of(parts.start), end_of(parts.end));
        let (start, end) = (start.unwrap_or_default(), end.unwrap_or_default());
        Part {
            head: &self.heads[start.0..end.0],
            bulk: &self.bulk[start.1..end.1],
        }
    }

    /// Adds the bytes that `encode` writes as one part; adds nothing if it fails.
    pub(crate) fn add<E>(
        &mut self,
        encode: impl FnOnce(&mut Encoder<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = self.heads.len();
        self.heads.extend_from_slice(&[0; LENGTH]);
        let added = encode(&mut Encoder { parts: self });
        if added.is_ok() {
            let len = (self.heads.len() - start - LENGTH) as u64;
            self.heads[start..start + LENGTH].copy_from_slice(&len.to_le_bytes());
            self.ends.push((self.heads.len(), self.bulk.len()));
        } else {
            self.truncate(self.len());
        }
        added
    }

    /// Removes the parts from `len` on, and the bytes of a part that failed.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        let kept = self.ends.last().copied().unwrap_or_default();
        self.heads.truncate(kept.0);
        self.bulk.truncate(kept.1);
    }
}

/// The size of the length before each head, in bytes.
const LENGTH: usize = size_of::<u64>();

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// The arguments of one call, or its result, as bytes.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{Anywhere, Executor, Job, prelude::*, remote};
/// use std::io::Write;
///
/// /// Writes the bytes of calls to a file, or as here to memory, and runs none.
/// struct Recorder(std::sync::Mutex<Vec<u8>>);
///
/// impl Executor for Recorder {
///     type Reach = Anywhere;
///
///     fn execute(&self, job: Job<Anywhere>) {
///         let mut parts = remote::Parts::new();
///         let Some(call) = job.encode(&mut parts) else { return };
///         let mut file = self.0.lock().unwrap();
///         for part in parts.iter() {
///             let start = file.len();
///             for piece in part.pieces() {
///                 file.write_all(piece).expect("memory takes all");
///             }
///             assert_eq!(file.len() - start, part.len());
///             assert_eq!(file[start..], part.to_vec());
///         }
///         call.fail(TaskError::rejected("recorded, not run"));
///     }
/// }
///
/// #[task]
/// fn shout(text: &str) -> String { text.to_uppercase() }
///
/// let recorder = Recorder(Vec::new().into());
/// let future = shout::submit(&recorder, "hey".repeat(1_000));
/// assert!(future.result().unwrap_err().is_rejected());
/// assert!(recorder.0.lock().unwrap().len() > 3_000);
/// ```
#[derive(Clone, Copy)]
pub struct Part<'a> {
    head: &'a [u8],
    bulk: &'a [Box<dyn Apart>],
}

impl<'a> Part<'a> {
    /// Returns the bytes of the part, piece by piece, as they lie in memory: a short piece first,
    /// then each of the long values.
    pub fn pieces(&self) -> impl Iterator<Item = &'a [u8]> {
        std::iter::once(self.head).chain(self.bulk.iter().map(|bulk| bulk.bytes()))
    }

    /// One of these pieces.
    #[cfg(all(unix, feature = "processes"))]
    pub(crate) fn piece(&self, index: usize) -> &'a [u8] {
        match index.checked_sub(1) {
            None => self.head,
            Some(index) => self.bulk[index].bytes(),
        }
    }

    /// Returns the number of bytes of the part.
    #[expect(clippy::len_without_is_empty, reason = "no part is empty")]
    #[must_use]
    pub fn len(&self) -> usize {
        let bulk = self.bulk.iter().map(|bulk| bulk.bytes().len());
        self.head.len() + bulk.sum::<usize>()
    }

    /// The piece of it that lies in the head, if it has no others.
    #[cfg(all(unix, feature = "processes"))]
    pub(crate) fn flat(&self) -> Option<&'a [u8]> {
        self.bulk.is_empty().then_some(self.head)
    }

    /// The number of bytes of its values.
    #[cfg(all(unix, feature = "processes"))]
    pub(crate) fn values_len(&self) -> usize {
        self.len() - LENGTH
    }

    /// Returns the part in one piece.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len());
        self.pieces()
            .for_each(|piece| bytes.extend_from_slice(piece));
        bytes
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part").field("len", &self.len()).finish()
    }
}

/// Writes the values of one part.
pub struct Encoder<'a> {
    parts: &'a mut Parts,
}

impl Encoder<'_> {
    pub(super) fn write<T: Serialize>(&mut self, value: &T) -> Result<(), CodecError> {
        codec::write(value, &mut self.parts.heads)
    }

    /// Adds bytes of a length that the reader knows.
    #[inline]
    pub(super) fn write_raw(&mut self, bytes: &[u8]) {
        self.parts.heads.extend_from_slice(bytes);
    }

    pub(super) fn write_bulk<B: Bulk>(&mut self, value: B) {
        let len = value.bytes().len();
        self.write(&len).expect("a vector takes every number");
        if len < APART {
            self.parts.heads.extend_from_slice(value.bytes());
        } else {
            self.parts.bulk.push(Box::new(value));
        }
    }
}

impl fmt::Debug for Encoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").finish_non_exhaustive()
    }
}

/// Reads the values of one part.
#[derive(Debug)]
pub struct Decoder<'a> {
    head: &'a [u8],
    bulk: &'a [u8],
}

impl<'a> Decoder<'a> {
    /// Reads a part in one piece with `decode`, to its last byte.
    pub(crate) fn whole<T>(
        bytes: &'a [u8],
        decode: impl FnOnce(&mut Self) -> Result<T, CodecError>,
    ) -> Result<T, CodecError> {
        let (length, rest) = bytes.split_first_chunk().ok_or_else(ends_early)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| ends_early())?;
        let (head, bulk) = rest.split_at_checked(length).ok_or_else(ends_early)?;
        let mut decoder = Self { head, bulk };
        let value = decode(&mut decoder)?;
        if !decoder.head.is_empty() || !decoder.bulk.is_empty() {
            return Err(CodecError::new(
                "bytes are left over; build both programs from the same sources",
            ));
        }
        Ok(value)
    }

    pub(super) fn read<T: DeserializeOwned>(&mut self) -> Result<T, CodecError> {
        codec::read(&mut self.head)
    }

    /// Bytes of a known length.
    #[inline]
    pub(super) fn read_raw<const LEN: usize>(&mut self) -> Result<[u8; LEN], CodecError> {
        let (bytes, rest) = self.head.split_first_chunk().ok_or_else(ends_early)?;
        self.head = rest;
        Ok(*bytes)
    }

    pub(super) fn read_bulk<B: Bulk>(&mut self) -> Result<B, CodecError> {
        let len: usize = self.read()?;
        let side = if len < APART {
            &mut self.head
        } else {
            &mut self.bulk
        };
        let (bytes, rest) = side.split_at_checked(len).ok_or_else(ends_early)?;
        *side = rest;
        B::from_bytes(bytes)
    }
}

fn ends_early() -> CodecError {
    CodecError::new("the bytes end early")
}
