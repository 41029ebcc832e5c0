//! Numbers and texts, one after another, as the body of a frame.

use super::frame;
use crate::error::{MAX_TEXT, MAX_TRUNCATION_NOTE, truncated};

/// Writes the body of a frame.
#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.number(flag.into());
    }

    pub(crate) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// Bytes, their length before them.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// A text; what is beyond the longest is cut, and said to be.
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(truncated(text, MAX_TEXT).as_bytes());
    }

    /// The whole frame.
    pub(crate) fn frame(self, kind: u32) -> Vec<u8> {
        [&frame::header(kind, self.0.len() as u64)[..], &self.0].concat()
    }
}

/// Reads the body of a frame; `None` where it ends early, or is not what was asked for.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Self {
        Self(body)
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*number))
    }

    pub(crate) fn flag(&mut self) -> Option<bool> {
        match self.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// So many bytes.
    pub(crate) fn take(&mut self, len: u64) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(usize::try_from(len).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }

    /// All that is left.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = self.number()?;
        self.take(len)
    }

    /// A text that is no longer than any that [`BodyWriter::text`] writes.
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let bytes = self.bytes()?;
        let is_told = bytes.len() <= MAX_TEXT + MAX_TRUNCATION_NOTE;
        is_told.then(|| str::from_utf8(bytes).ok())?
    }

    /// That there is nothing more.
    pub(crate) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
