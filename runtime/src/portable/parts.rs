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

/// The parts of one call, kept as small as they are while it waits.
#[cfg(all(unix, feature = "processes"))]
#[derive(Debug)]
pub(crate) enum Packed {
    /// One short part without bulk.
    Short {
        len: u8,
        head: [u8; SHORT],
    },
    Long(Box<Parts>),
}

/// What is short: an allocation less for calls with a few small arguments.
#[cfg(all(unix, feature = "processes"))]
const SHORT: usize = 30;

#[cfg(all(unix, feature = "processes"))]
impl Packed {
    /// Takes the parts out of `parts`, which keeps its memory if it can.
    pub(crate) fn of(parts: &mut Parts) -> Self {
        let is_short = parts.len() == 1 && parts.bulk.is_empty() && parts.heads.len() <= SHORT;
        if !is_short {
            let mut packed = std::mem::take(parts);
            packed.heads.shrink_to_fit();
            packed.ends.shrink_to_fit();
            return Self::Long(Box::new(packed));
        }
        let mut head = [0; SHORT];
        head[..parts.heads.len()].copy_from_slice(&parts.heads);
        let len = parts.heads.len() as u8;
        parts.clear();
        Self::Short { len, head }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Short { .. } => 1,
            Self::Long(parts) => parts.len(),
        }
    }

    pub(crate) fn part(&self, index: usize) -> Part<'_> {
        match self {
            Self::Short { .. } => self.joined(0..1),
            Self::Long(parts) => parts.part(index),
        }
    }

    /// Some parts that follow one another, as if they were one.
    pub(crate) fn joined(&self, parts: Range<usize>) -> Part<'_> {
        match self {
            Self::Short { len, head } => Part {
                head: &head[..usize::from(*len) * parts.len()],
                bulk: &[],
            },
            Self::Long(all) => all.joined(parts),
        }
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
