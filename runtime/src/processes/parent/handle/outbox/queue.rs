//! Bytes that wait until a worker takes them, in their order.
//!
//! ```text
//!   | own: heads, short calls | own: head of 7 | borrowed: values of 7 | borrowed | own: ..
//!     ^ written so far          `-------- one frame of its own --------'
//! ```
//!
//! - The bytes of short batches are copied, one behind the other. Those of long ones are borrowed
//!   from the call, and their frames can be withdrawn: when a call ends its bytes are freed,
//!   whether the worker reads or not.
//! - A frame that is sent in part has to come to its end: what is withdrawn of it becomes zeros,
//!   which the worker never reads.

use std::{collections::VecDeque, io::IoSlice, ops::Range, os::fd::BorrowedFd, sync::Arc};

use rustix::{
    io::Errno,
    net::{SendAncillaryBuffer, sendmsg},
};

use super::{Flushed, Payload};
use crate::processes::{
    shared::claims::BatchNumber,
    wire::socket::{SLICES, send_flags},
};

/// From this length on the bytes of a batch are borrowed and not copied.
pub(crate) const LONG: usize = 4 << 10;

/// Sent in place of withdrawn bytes, repeatedly.
static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

#[derive(Default)]
pub(super) struct SendQueue {
    pieces: VecDeque<Piece>,
    /// The number of bytes of the first piece that were sent.
    written: usize,
}

/// Bytes to be sent, and the batch whose frame they are of, if that is long.
struct Piece {
    number: Option<BatchNumber>,
    /// Whether that frame begins here.
    begins: bool,
    bytes: Bytes,
}

pub(super) enum Bytes {
    Own(Vec<u8>),
    /// Arguments of consecutive items, which lie in one piece.
    Flat {
        call: Arc<dyn Payload>,
        items: Range<usize>,
    },
    /// A piece of the arguments of one item.
    Borrowed {
        call: Arc<dyn Payload>,
        item: usize,
        piece: usize,
    },
    /// A number of withdrawn bytes.
    Zeros(usize),
}

/// What was withdrawn. The caller drops it where no lock is held.
pub(super) type Removed = Vec<Bytes>;

impl SendQueue {
    /// Adds bytes that are copied.
    pub(super) fn write(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.write_to(None, write);
    }

    /// Adds a frame with the arguments of these items, which begins with what `head` writes.
    pub(super) fn add(
        &mut self,
        number: BatchNumber,
        call: &Arc<impl Payload + 'static>,
        items: Range<usize>,
        head: impl FnOnce(&mut Vec<u8>),
    ) {
        let all = call.packed().joined(items.clone());
        let number = (all.len() >= LONG).then_some(number);
        if number.is_some() {
            self.push(number, true, Bytes::Own(Vec::new()));
        }
        self.write_to(number, head);
        match all.flat() {
            Some(bytes) if number.is_none() => self.write(|own| own.extend_from_slice(bytes)),
            Some(_) => {
                let call: Arc<dyn Payload> = call.clone();
                self.push(number, false, Bytes::Flat { call, items });
            }
            None => items.for_each(|item| self.add_pieces(number, call, item)),
        }
    }

    fn add_pieces(
        &mut self,
        number: Option<BatchNumber>,
        call: &Arc<impl Payload + 'static>,
        item: usize,
    ) {
        for (piece, bytes) in call.packed().part(item).pieces().enumerate() {
            if piece == 0 {
                self.write_to(number, |own| own.extend_from_slice(bytes));
                continue;
            }
            let call: Arc<dyn Payload> = call.clone();
            let borrowed = Bytes::Borrowed { call, item, piece };
            self.push(number, false, borrowed);
        }
    }

    /// Adds bytes to be copied: to the frame of this batch, which is the last one, or to none.
    fn write_to(&mut self, number: Option<BatchNumber>, write: impl FnOnce(&mut Vec<u8>)) {
        let last = self.pieces.back_mut().filter(|last| last.number == number);
        match last.map(|last| &mut last.bytes) {
            Some(Bytes::Own(own)) => write(own),
            _ => {
                let mut own = Vec::new();
                write(&mut own);
                self.push(number, false, Bytes::Own(own));
            }
        }
    }

    fn push(&mut self, number: Option<BatchNumber>, begins: bool, bytes: Bytes) {
        self.pieces.push_back(Piece {
            number,
            begins,
            bytes,
        });
    }

    /// Removes the frame of a batch, or what can be removed of one that is sent in part.
    pub(super) fn withdraw(&mut self, number: BatchNumber) -> Removed {
        let is_of = |piece: &Piece| piece.number == Some(number);
        let Some(first) = self.pieces.iter().position(is_of) else {
            return Vec::new();
        };
        let count = self
            .pieces
            .iter()
            .skip(first)
            .take_while(|piece| is_of(piece))
            .count();
        let pieces = first..first + count;
        if self.pieces[first].begins && (first > 0 || self.written == 0) {
            return self.pieces.drain(pieces).map(|piece| piece.bytes).collect();
        }
        let rest = self.pieces.range_mut(pieces);
        let borrowed = rest.filter(|piece| !matches!(piece.bytes, Bytes::Own(_)));
        let replaced = borrowed.map(|piece| {
            let zeros = Bytes::Zeros(piece.bytes.len());
            std::mem::replace(&mut piece.bytes, zeros)
        });
        replaced.collect()
    }

    /// Sends what the socket takes now.
    pub(super) fn flush(&mut self, socket: BorrowedFd<'_>) -> Flushed {
        while !self.pieces.is_empty() {
            match self.send(socket) {
                Ok(sent) => self.advance(sent),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Flushed::Rest,
                Err(_) => return Flushed::Closed,
            }
        }
        Flushed::All
    }

    /// The number of bytes that are not sent.
    pub(super) fn len(&self) -> u64 {
        let all: usize = self.pieces.iter().map(|piece| piece.bytes.len()).sum();
        (all - self.written) as u64
    }

    /// Sends once; returns the number of bytes that were sent.
    fn send(&self, socket: BorrowedFd<'_>) -> rustix::io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let mut len = 0;
        for (slice, piece) in slices.iter_mut().zip(&self.pieces) {
            let skipped = if len == 0 { self.written } else { 0 };
            let bytes = piece.bytes.tail_from(skipped);
            *slice = IoSlice::new(bytes);
            len += 1;
            if skipped + bytes.len() < piece.bytes.len() {
                break;
            }
        }
        let no_ancillary = &mut SendAncillaryBuffer::default();
        sendmsg(socket, &slices[..len], no_ancillary, send_flags())
    }

    fn advance(&mut self, mut sent: usize) {
        while let Some(first) = self.pieces.front() {
            let left = first.bytes.len() - self.written;
            if sent < left {
                self.written += sent;
                return;
            }
            sent -= left;
            self.written = 0;
            self.pieces.pop_front();
        }
    }
}

impl Bytes {
    fn len(&self) -> usize {
        match self {
            Self::Zeros(len) => *len,
            _ => self.tail_from(0).len(),
        }
    }

    /// The bytes from here on, or the first of them.
    fn tail_from(&self, start: usize) -> &[u8] {
        match self {
            Self::Own(own) => &own[start..],
            Self::Flat { call, items } => {
                let flat = call.packed().joined(items.clone()).flat();
                &flat.expect("they lay in one piece before")[start..]
            }
            Self::Borrowed { call, item, piece } => {
                &call.packed().part(*item).piece(*piece)[start..]
            }
            Self::Zeros(len) => &ZEROS[..(len - start).min(ZEROS.len())],
        }
    }
}
