//! Frames: length-prefixed pieces of bytes on a connection, each with a kind.
//!
//! ```text
//!   | magic, 4 | kind, 4 | length of the body, 8 | body |       numbers with the least byte first
//! ```
//!
//! A header is checked before memory is allocated for its body. Memory that the system refuses is
//! an error of the connection, and never ends the process. What a body means is in `message`.

mod long;

use std::{
    borrow::Cow,
    io::{self, Read},
};

use crate::error::MAX_TEXT;
use long::LongBody;
pub(crate) use long::OnLong;

/// "cf01": version 1 of the frames of this library.
const MAGIC: u32 = u32::from_le_bytes(*b"cf01");

/// The size of a header in bytes.
pub(crate) const HEADER: usize = 16;

/// Headroom for the fixed fields of a frame, above the limit on arguments and results.
pub(crate) const OVERHEAD: u64 = 128 << 10;

/// The maximum length of a frame that carries texts instead: three texts, and the fixed fields.
pub(crate) const LONGEST_TEXTS: u64 = 3 * MAX_TEXT as u64 + OVERHEAD;

/// The number of bytes read at once.
const READ: usize = 64 << 10;

/// A body longer than this gets memory of its own, which is passed on without a copy.
const LONG_BODY: u64 = 16 << 10;

/// One frame. A short body is borrowed until the next frame is taken, a long one is owned.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) kind: u32,
    pub(crate) body: Cow<'a, [u8]>,
}

impl Frame<'_> {
    /// The number of bytes of memory that it owns.
    pub(crate) fn held(&self) -> u64 {
        match &self.body {
            Cow::Borrowed(_) => 0,
            Cow::Owned(body) => body.len() as u64,
        }
    }
}

/// Why the bytes are no frame.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FrameError {
    #[error("it sent bytes that are no frame")]
    NoFrame,
    #[error("the system refused memory for a frame of {len} bytes")]
    NoMemory { len: u64 },
    #[error("it sent a frame of {len} bytes; the frame limit is {limit}, raise `max_frame`")]
    TooLong { len: u64, limit: u64 },
    #[error("it sent a message that makes no sense: one of that kind has no {len} bytes")]
    TooLongForItsKind { len: u64 },
}

/// The result of one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadStatus {
    /// Bytes were read.
    Bytes,
    /// There are none yet.
    Nothing,
    /// There will be no more.
    Closed,
}

/// The header of a frame whose body has `len` bytes.
pub(crate) fn header(kind: u32, len: u64) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..4].copy_from_slice(&MAGIC.to_le_bytes());
    header[4..8].copy_from_slice(&kind.to_le_bytes());
    header[8..].copy_from_slice(&len.to_le_bytes());
    header
}

/// The first bytes of a frame of this kind, for any length.
pub(crate) const fn first_bytes(kind: u32) -> [u8; 8] {
    (MAGIC as u64 | (kind as u64) << 32).to_le_bytes()
}

/// Splits the bytes of a connection into frames.
pub(crate) struct FrameReader {
    limit: u64,
    /// The maximum length of a body of this kind, under that limit.
    longest: fn(u32, u64) -> u64,
    on_long: Option<OnLong>,
    buffer: Box<[u8]>,
    /// The bytes in the buffer that were not taken: from here,
    start: usize,
    /// to here.
    end: usize,
    long: Option<LongBody>,
}

impl FrameReader {
    /// For frames with at most `limit` bytes of arguments or results, and at most what `longest`
    /// allows for their kind.
    pub(crate) fn new(limit: u64, longest: fn(u32, u64) -> u64) -> Self {
        Self {
            limit,
            longest,
            on_long: None,
            buffer: vec![0; READ].into(),
            start: 0,
            end: 0,
            long: None,
        }
    }

    /// Trusts the lengths of the sender, and asks `on_long` about long bodies.
    pub(crate) fn trust_lengths(&mut self, on_long: OnLong) {
        self.on_long = Some(on_long);
    }

    /// Whether a long body is read in part.
    pub(crate) fn is_reading_long_body(&self) -> bool {
        self.long.is_some()
    }

    /// Reads once.
    pub(crate) fn fill(&mut self, from: &mut impl Read) -> io::Result<ReadStatus> {
        let got = match &mut self.long {
            Some(long) => {
                long.check_wanted(&mut self.on_long);
                // Nothing else is in the buffer while a long body comes.
                long.fill(from, &mut self.buffer)
            }
            None => {
                self.make_room();
                let got = from.read(&mut self.buffer[self.end..]);
                got.inspect(|got| self.end += got)
            }
        };
        match got {
            Ok(0) => Ok(ReadStatus::Closed),
            Ok(_) => Ok(ReadStatus::Bytes),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(ReadStatus::Nothing),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(ReadStatus::Bytes),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(ReadStatus::Closed),
            Err(error) => Err(error),
        }
    }

    /// The next complete frame; `None` if more bytes are needed.
    pub(crate) fn next(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        if let Some(long) = self.long.take_if(|long| long.is_whole()) {
            let kind = long.kind;
            return match long.into_body().map(Cow::Owned) {
                Some(body) => Ok(Some(Frame { kind, body })),
                None => self.next(),
            };
        }
        if self.long.is_some() {
            return Ok(None);
        }
        let Some((kind, len)) = self.read_header()? else {
            return Ok(None);
        };
        let start = self.start + HEADER;
        if len > LONG_BODY {
            return if self.begin_long_body(kind, len, start)? {
                self.next()
            } else {
                Ok(None)
            };
        }
        let end = start + len as usize;
        if end > self.end {
            return Ok(None);
        }
        self.start = end;
        let body = Cow::Borrowed(&self.buffer[start..end]);
        Ok(Some(Frame { kind, body }))
    }

    /// Begins a long body with the bytes that are there. False if its first number is not complete.
    fn begin_long_body(&mut self, kind: u32, len: u64, start: usize) -> Result<bool, FrameError> {
        let available = &self.buffer[start..self.end];
        let Some(number) = available.first_chunk() else {
            return Ok(false);
        };
        let mut long = LongBody::new(kind, len, u64::from_le_bytes(*number));
        long.check_wanted(&mut self.on_long);
        let available = &available[..available
            .len()
            .min(usize::try_from(len).unwrap_or(usize::MAX))];
        let wanted = match self.on_long {
            Some(_) => len,
            None => available.len() as u64,
        };
        long.add(available, wanted)
            .map_err(|_| FrameError::NoMemory { len })?;
        self.start = start + available.len();
        self.long = Some(long);
        Ok(true)
    }

    /// The kind and the length of the next frame, once its header is complete.
    fn read_header(&self) -> Result<Option<(u32, u64)>, FrameError> {
        let available = &self.buffer[self.start..self.end];
        let Some((header, _)) = available.split_first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|byte| header[at + byte]));
        if number(0) != MAGIC {
            return Err(FrameError::NoFrame);
        }
        let (kind, limit) = (number(4), self.limit);
        let len = u64::from(number(8)) | u64::from(number(12)) << 32;
        if len > limit.saturating_add(OVERHEAD).max(LONGEST_TEXTS) {
            return Err(FrameError::TooLong { len, limit });
        }
        if len > (self.longest)(kind, limit) {
            return Err(FrameError::TooLongForItsKind { len });
        }
        Ok(Some((kind, len)))
    }

    fn make_room(&mut self) {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
    }
}

impl From<FrameError> for io::Error {
    fn from(error: FrameError) -> Self {
        let kind = match error {
            FrameError::NoMemory { .. } => io::ErrorKind::OutOfMemory,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// A frame as it travels.
    fn frame(kind: u32, body: &[u8]) -> Vec<u8> {
        [&header(kind, body.len() as u64), body].concat()
    }

    /// All frames in `bytes`, read as they come in pieces of this size.
    fn frames(bytes: &[u8], piece: usize, limit: u64) -> Result<Vec<(u32, Vec<u8>)>, FrameError> {
        let mut frames = FrameReader::new(limit, |_, limit| limit.saturating_add(OVERHEAD));
        let mut found = Vec::new();
        for mut piece in bytes.chunks(piece) {
            while !piece.is_empty() {
                frames.fill(&mut piece).expect("slices can be read");
                while let Some(frame) = frames.next()? {
                    found.push((frame.kind, frame.body.into_owned()));
                }
            }
        }
        Ok(found)
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri takes it byte by byte")]
    fn frames_of_all_lengths_come_whole_in_pieces_of_all_sizes() {
        let lengths = [0, 1, 15, 16, 17, 1_000, 16_384, 16_385, 200_000];
        let bodies: Vec<Vec<u8>> = lengths.iter().map(|&len| vec![len as u8; len]).collect();
        let bytes = bodies.iter().flat_map(|body| frame(7, body));
        let bytes: Vec<u8> = bytes.collect();

        for piece in [7, 64, 4_096, 1 << 20] {
            let found = frames(&bytes, piece, 1 << 20).expect("they are frames");

            assert!(found.iter().map(|(_, body)| body).eq(&bodies));
            assert!(found.iter().all(|(kind, _)| *kind == 7));
        }
    }

    #[test]
    fn a_length_beyond_the_limit_is_refused_and_names_it() {
        let bytes = header(1, 1 << 40);

        let error = frames(&bytes, 1_000, 1 << 20).unwrap_err();

        assert!(matches!(
            error,
            FrameError::TooLong {
                limit: 1_048_576,
                ..
            }
        ));
        assert!(error.to_string().contains("1048576"));
    }

    #[test]
    fn a_length_beyond_that_of_its_kind_is_refused() {
        let mut frames = FrameReader::new(1 << 20, |kind, limit| if kind == 1 { limit } else { 8 });
        let bytes = [&frame(1, &[0; 9])[..], &header(2, 9)].concat();

        frames.fill(&mut &bytes[..]).expect("slices can be read");

        assert!(matches!(frames.next(), Ok(Some(Frame { kind: 1, .. }))));
        let refused = FrameError::TooLongForItsKind { len: 9 };
        assert_eq!(frames.next().unwrap_err(), refused);
    }

    #[test]
    fn what_begins_like_no_frame_is_none() {
        assert_eq!(
            frames(b"HTTP/1.1 200 OK\r\n", 5, 100),
            Err(FrameError::NoFrame)
        );
    }

    #[test]
    fn what_ends_in_a_frame_is_no_frame() {
        let whole = frame(1, &[1; 100_000]);

        for len in [3, HEADER, HEADER + 1, 99_999] {
            assert_eq!(frames(&whole[..len], 1 << 20, 1 << 20), Ok(Vec::new()));
        }
    }
}
