//! A batch on its way to a worker: some calls of one task.
//!
//! ```text
//!   | number | task | not after | is timed | memory | count | lengths | arguments of each call |
//! ```
//!
//! Numbers have eight bytes, the least first. There are no lengths if the arguments begin with
//! their own.

use std::ops::Range;

use super::frame;
use crate::{portable::Packed, processes::shared::claims::BatchNumber};

/// The kind of its frame.
pub(super) const KIND: u32 = 2;

/// The size of a number at a fixed place.
pub(super) const NUMBER: u64 = size_of::<u64>() as u64;

/// Some calls of one task.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CallBatch<'a> {
    pub(crate) number: BatchNumber,
    pub(crate) task: u32,
    /// No call starts after this moment of the shared clock. Zero if there is no such moment.
    pub(crate) not_after: u64,
    /// Whether the moments of the claims are written to the table.
    pub(crate) is_timed: bool,
    /// A worker that holds more bytes than this runs none of them. Zero if there is no limit.
    pub(crate) memory: u64,
    pub(crate) arguments: Arguments<'a>,
}

/// The arguments of the calls of a batch, taken one by one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments<'a> {
    /// The length of each; empty if all begin with their own length.
    lens: &'a [u8],
    bytes: &'a [u8],
}

impl<'a> CallBatch<'a> {
    /// Writes the frame of some calls, up to where the bytes of their arguments begin.
    pub(crate) fn head(&self, parts: &Packed, items: Range<usize>, out: &mut Vec<u8>) {
        let all = parts.joined(items.clone());
        let lens = if all.flat().is_some() { 0..0 } else { items };
        let head_len = NUMBER * (6 + lens.len() as u64);
        out.extend_from_slice(&frame::header(KIND, head_len + all.len() as u64));
        let fields = [
            self.number.0,
            self.task.into(),
            self.not_after,
            self.is_timed.into(),
            self.memory,
            lens.len() as u64,
        ];
        let lens = lens.map(|item| parts.part(item).len() as u64);
        for number in fields.into_iter().chain(lens) {
            out.extend_from_slice(&number.to_le_bytes());
        }
    }

    pub(super) fn read(mut body: &'a [u8]) -> Option<Self> {
        let body = &mut body;
        let number = BatchNumber(take_number(body)?);
        let task = take_number(body)?.try_into().ok()?;
        let not_after = take_number(body)?;
        let is_timed = match take_number(body)? {
            0 => false,
            1 => true,
            _ => return None,
        };
        let memory = take_number(body)?;
        let lens_len = take_number(body)?.checked_mul(NUMBER)?;
        let (lens, bytes) = body.split_at_checked(usize::try_from(lens_len).ok()?)?;
        Some(Self {
            number,
            task,
            not_after,
            is_timed,
            memory,
            arguments: Arguments { lens, bytes },
        })
    }
}

/// Takes a number at a fixed place off the start of a body.
pub(super) fn take_number(body: &mut &[u8]) -> Option<u64> {
    let (number, rest) = body.split_first_chunk()?;
    *body = rest;
    Some(u64::from_le_bytes(*number))
}

impl<'a> Iterator for Arguments<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let len = match self.lens.split_first_chunk() {
            Some((len, lens)) => {
                self.lens = lens;
                u64::from_le_bytes(*len)
            }
            None => u64::from_le_bytes(*self.bytes.first_chunk()?).checked_add(NUMBER)?,
        };
        let (first, rest) = self.bytes.split_at_checked(usize::try_from(len).ok()?)?;
        self.bytes = rest;
        Some(first)
    }
}
