//! The parent's end of a link: bytes that wait to be sent, in their order.
//!
//! Nothing here blocks. What the worker does not take yet stays in the outbox; long values lie there
//! as they are, lent by the call whose arguments they are.

use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rustix::{
    io::Errno,
    net::{SendAncillaryBuffer, SendFlags, sendmsg},
};

use super::parcel::Parcel;
use crate::sync::Mutex;

/// How many pieces one call of the system takes.
const SLICES: usize = 64;

/// One end of a socket pair, to be written to by many threads and read by one.
pub(super) struct Link {
    socket: UnixStream,
    outbox: Mutex<Outbox>,
    /// Something waits until the socket takes more. Written under the lock.
    has_rest: AtomicBool,
}

#[derive(Default)]
struct Outbox {
    pieces: VecDeque<Piece>,
    /// How much of the first piece has left, in bytes.
    written: usize,
}

/// Bytes to be sent.
enum Piece {
    Own(Vec<u8>),
    /// A long piece of a call's arguments.
    Lent {
        parcel: Arc<Parcel>,
        item: usize,
        piece: usize,
    },
}

/// What became of what was to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flushed {
    /// All of it has left.
    All,
    /// The rest has to wait until the socket takes more.
    Rest,
    /// Nobody will ever read it.
    Closed,
}

impl Link {
    pub(super) fn new(socket: UnixStream) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let outbox = Mutex::default();
        let has_rest = AtomicBool::new(false);
        Ok(Self {
            socket,
            outbox,
            has_rest,
        })
    }

    /// The socket, to be read by the thread that serves the links.
    pub(super) fn socket(&self) -> &UnixStream {
        &self.socket
    }

    /// Adds bytes to the outbox.
    pub(super) fn push(&self, write: impl FnOnce(&mut Vec<u8>)) {
        self.outbox.lock().write(write);
    }

    /// Adds some parts of a call: short pieces as bytes, long ones as they lie.
    pub(super) fn push_parts(&self, parcel: &Arc<Parcel>, items: std::ops::Range<usize>) {
        let mut outbox = self.outbox.lock();
        for item in items {
            for (piece, bytes) in parcel.part(item).pieces().enumerate() {
                if piece == 0 {
                    outbox.write(|own| own.extend_from_slice(bytes));
                } else {
                    let parcel = parcel.clone();
                    outbox.pieces.push_back(Piece::Lent {
                        parcel,
                        item,
                        piece,
                    });
                }
            }
        }
    }

    /// Sends what the socket takes now.
    pub(super) fn flush(&self) -> Flushed {
        let mut outbox = self.outbox.lock();
        let flushed = outbox.flush(self.socket.as_fd());
        // ORDERING: whoever polls is rung for after this.
        self.has_rest
            .store(flushed == Flushed::Rest, Ordering::Relaxed);
        flushed
    }

    /// Whether something waits to be sent.
    pub(super) fn has_rest(&self) -> bool {
        self.has_rest.load(Ordering::Relaxed)
    }

    /// Forgets what was to be sent: the worker is gone.
    pub(super) fn clear(&self) {
        self.has_rest.store(false, Ordering::Relaxed);
        let forgotten = std::mem::take(&mut *self.outbox.lock());
        drop(forgotten);
    }
}

impl Outbox {
    fn write(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        match self.pieces.back_mut() {
            Some(Piece::Own(own)) => write(own),
            _ => {
                let mut own = Vec::new();
                write(&mut own);
                self.pieces.push_back(Piece::Own(own));
            }
        }
    }

    fn flush(&mut self, socket: BorrowedFd<'_>) -> Flushed {
        while !self.pieces.is_empty() {
            match self.send(socket) {
                Ok(sent) => self.take_off(sent),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Flushed::Rest,
                Err(_) => return Flushed::Closed,
            }
        }
        Flushed::All
    }

    /// Sends once; how many bytes have left.
    fn send(&self, socket: BorrowedFd<'_>) -> rustix::io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let mut len = 0;
        for (slice, piece) in slices.iter_mut().zip(&self.pieces) {
            let skipped = if len == 0 { self.written } else { 0 };
            *slice = IoSlice::new(&piece.bytes()[skipped..]);
            len += 1;
        }
        let nothing = &mut SendAncillaryBuffer::default();
        // A worker that is gone is an error here, and no signal to this program.
        sendmsg(socket, &slices[..len], nothing, SendFlags::NOSIGNAL)
    }

    fn take_off(&mut self, mut sent: usize) {
        while let Some(first) = self.pieces.front() {
            let left = first.bytes().len() - self.written;
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

impl Piece {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Own(own) => own,
            Self::Lent {
                parcel,
                item,
                piece,
            } => parcel.part(*item).piece(*piece),
        }
    }
}
