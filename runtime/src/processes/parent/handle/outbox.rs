//! The parent's sending side of a connection: bytes that wait until the worker takes them, in
//! their order.
//!
//! ```text
//!   | own: heads, short calls | own: head of 7 | borrowed: values of 7 | borrowed | own: ..
//!     ^ written so far          `-------- one frame of its own --------'
//! ```
//!
//! - Nothing here blocks. What the socket does not take yet stays in the queue.
//! - The bytes of short batches are copied, one behind the other. Those of long ones are borrowed
//!   from the call, and their frames can be withdrawn: when a call ends its bytes are freed,
//!   whether the worker reads or not.
//! - A frame that is sent in part has to come to its end: what is withdrawn of it becomes zeros,
//!   which the worker never reads.

use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    net::Shutdown,
    ops::Range,
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use rustix::{
    io::Errno,
    net::{SendAncillaryBuffer, sendmsg},
};

use crate::{
    portable::Packed,
    processes::{
        os::sys::{SLICES, disable_sigpipe, send_flags},
        shared::claims::BatchNumber,
    },
    sync::Mutex,
};

/// From this length on the bytes of a batch are borrowed and not copied.
pub(crate) const LONG: usize = 4 << 10;

/// Sent in place of withdrawn bytes, repeatedly.
static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

/// The parent's end of a socket pair. Many threads write to it, and only the reactor reads it.
pub(crate) struct Outbox {
    socket: UnixStream,
    queue: Mutex<SendQueue>,
    /// The number of bytes that the socket has not taken. Written under the lock of the queue, read
    /// by the reactor and the scheduler as a hint.
    unsent: AtomicU64,
}

/// What lends the bytes of a long batch until they are sent.
pub(crate) trait Payload: Send + Sync {
    fn packed(&self) -> &Packed;
}

/// The result of a flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flushed {
    /// All bytes were sent.
    All,
    /// The rest has to wait until the socket is writable.
    Rest,
    /// The connection is closed.
    Closed,
}

impl Outbox {
    pub(crate) fn new(socket: UnixStream) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        disable_sigpipe(socket.as_fd())?;
        let queue = Mutex::default();
        let unsent = AtomicU64::new(0);
        Ok(Self {
            socket,
            queue,
            unsent,
        })
    }

    /// The socket, to be read by the reactor.
    pub(crate) fn socket(&self) -> &UnixStream {
        &self.socket
    }

    /// Adds bytes to the outbox.
    pub(crate) fn push(&self, write: impl FnOnce(&mut Vec<u8>)) {
        self.queue.lock().write(write);
    }

    /// Adds the frame of a batch: what `head` writes, and the arguments of the items. Long
    /// arguments are not copied.
    pub(crate) fn add_batch(
        &self,
        number: BatchNumber,
        (call, items): (&Arc<impl Payload + 'static>, Range<usize>),
        head: impl FnOnce(&mut Vec<u8>),
    ) {
        self.queue.lock().add(number, call, items, head);
    }

    /// Removes the bytes of a revoked batch, if it is long. The rest of a frame that is sent in
    /// part becomes zeros.
    pub(crate) fn withdraw(&self, number: BatchNumber) {
        let mut queue = self.queue.lock();
        let withdrawn = queue.withdraw(number);
        // ORDERING: as in `flush`.
        self.unsent.store(queue.len(), Ordering::Relaxed);
        drop(queue);
        drop(withdrawn);
    }

    /// Sends what the socket takes now.
    pub(crate) fn flush(&self) -> Flushed {
        let mut queue = self.queue.lock();
        let flushed = queue.flush(self.socket.as_fd());
        // ORDERING: a hint. The caller wakes the reactor after this, which orders it before the
        // next poll.
        self.unsent.store(queue.len(), Ordering::Relaxed);
        flushed
    }

    /// The number of bytes that the socket has not taken.
    pub(crate) fn unsent(&self) -> u64 {
        // ORDERING: as in `flush`.
        self.unsent.load(Ordering::Relaxed)
    }

    /// Closes the connection both ways: the watchdog of the worker ends it, whatever it runs.
    pub(crate) fn close(&self) {
        // An error says that it is closed already.
        let _ = self.socket.shutdown(Shutdown::Both);
    }

    /// Discards what was to be sent: the worker is gone.
    pub(crate) fn clear(&self) {
        // ORDERING: as in `flush`.
        self.unsent.store(0, Ordering::Relaxed);
        let withdrawn = std::mem::take(&mut *self.queue.lock());
        drop(withdrawn);
    }
}

/// What waits to be sent. The lock of the outbox guards it.
#[derive(Default)]
struct SendQueue {
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

enum Bytes {
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
type Removed = Vec<Bytes>;

impl SendQueue {
    /// Adds bytes that are copied.
    fn write(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.write_to(None, write);
    }

    /// Adds a frame with the arguments of these items, which begins with what `head` writes.
    fn add(
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
    fn withdraw(&mut self, number: BatchNumber) -> Removed {
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
    fn flush(&mut self, socket: BorrowedFd<'_>) -> Flushed {
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
    fn len(&self) -> u64 {
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
