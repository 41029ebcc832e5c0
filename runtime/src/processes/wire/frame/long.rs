//! A long body, which is read into memory of its own.
//!
//! The reader announces it first (`OnLong`): it may be refused the memory, or be killed for it.

use std::{
    collections::TryReserveError,
    io::{self, Read},
};

use super::FrameError;

/// The memory of a long body grows by this number of bytes at a time, so that a false length costs
/// no more than the bytes that were sent.
const GROWTH: u64 = 4 << 20;

/// Called with the first number in a long body before memory is allocated for it, and at each read.
/// Returns whether the body is still wanted; the rest of an unwanted one is skipped.
pub(crate) type OnLong = Box<dyn FnMut(u64) -> bool + Send>;

/// A long body that is read in part.
pub(super) struct LongBody {
    pub(super) kind: u32,
    len: u64,
    /// The first number in it.
    number: u64,
    body: Vec<u8>,
    /// The number of skipped bytes, if it is not wanted.
    skipped: Option<u64>,
}

impl LongBody {
    /// A body of which nothing was read.
    pub(super) fn new(kind: u32, len: u64, number: u64) -> Self {
        Self {
            kind,
            len,
            number,
            body: Vec::new(),
            skipped: None,
        }
    }

    /// The complete body; `None` if it was skipped.
    pub(super) fn into_body(self) -> Option<Vec<u8>> {
        self.skipped.is_none().then_some(self.body)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.available() == self.len
    }

    /// The number of bytes that were read.
    fn available(&self) -> u64 {
        self.skipped.unwrap_or(self.body.len() as u64)
    }

    /// Frees the body if it is not wanted.
    pub(super) fn check_wanted(&mut self, on_long: &mut Option<OnLong>) {
        let is_wanted = on_long.as_mut().is_none_or(|ask| ask(self.number));
        if !is_wanted && self.skipped.is_none() {
            self.skipped = Some(self.body.len() as u64);
            self.body = Vec::new();
        }
    }

    /// Adds bytes that were read, and allocates `room` bytes in all.
    pub(super) fn add(&mut self, bytes: &[u8], room: u64) -> Result<(), TryReserveError> {
        if let Some(skipped) = &mut self.skipped {
            *skipped += bytes.len() as u64;
            return Ok(());
        }
        self.body
            .try_reserve_exact(usize::try_from(room).unwrap_or(usize::MAX))?;
        self.body.extend_from_slice(bytes);
        Ok(())
    }

    pub(super) fn fill(&mut self, from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = (self.len - self.available()).min(GROWTH);
        if let Some(skipped) = &mut self.skipped {
            let most = buffer.len().min(wanted as usize);
            let got = from.read(&mut buffer[..most])?;
            *skipped += got as u64;
            return Ok(got);
        }
        let before = self.body.len();
        let room = self.body.try_reserve(wanted as usize);
        // `try_reserve` may ask for twice as much, which may be too much.
        let room = room.or_else(|_| self.body.try_reserve_exact(wanted as usize));
        room.map_err(|_| FrameError::NoMemory { len: self.len })?;
        let got = from.take(wanted).read_to_end(&mut self.body);
        match self.body.len() - before {
            0 => got,
            some => Ok(some),
        }
    }
}

// Long bodies take Miri too long, byte by byte.
#[cfg(all(test, not(loom), not(miri)))]
mod tests {
    use super::*;
    use crate::processes::wire::frame::{FrameReader, ReadStatus, header};

    /// A frame as it travels.
    fn frame(body: &[u8]) -> Vec<u8> {
        [&header(7, body.len() as u64)[..], body].concat()
    }

    #[test]
    fn a_long_body_is_told_of_before_there_is_memory_for_it() {
        let header = header(2, 1 << 60);
        let (tell, told) = crossbeam_channel::unbounded();
        let mut frames = FrameReader::new(u64::MAX, |_, limit| limit);
        frames.trust_lengths(Box::new(move |number| tell.send(number).is_ok()));
        let mut bytes = &[&header[..], &7_u64.to_le_bytes()].concat()[..];

        frames.fill(&mut bytes).expect("slices can be read");
        let refused = frames.next().unwrap_err();

        assert_eq!(refused, FrameError::NoMemory { len: 1 << 60 });
        assert_eq!(told.try_recv(), Ok(7));
    }

    #[test]
    fn a_long_body_that_is_not_wanted_is_left_out() {
        let bodies = [vec![1; 100_000], vec![2; 200_000], vec![3; 10]];
        let bytes: Vec<u8> = bodies.iter().flat_map(|body| frame(body)).collect();
        let unwanted = u64::from_le_bytes([2; 8]);

        for asked in [1, 2] {
            let mut left = asked;
            let mut frames = FrameReader::new(1 << 20, |_, limit| limit);
            frames.trust_lengths(Box::new(move |number| {
                left -= u32::from(number == unwanted && left > 0);
                number != unwanted || left > 0
            }));
            let (mut bytes, mut found) = (&bytes[..], Vec::new());
            while frames.fill(&mut bytes).expect("slices can be read") == ReadStatus::Bytes {
                while let Some(frame) = frames.next().expect("they are frames") {
                    found.push(frame.body.into_owned());
                }
            }

            assert!(found == [&bodies[0][..], &bodies[2][..]]);
        }
    }
}
