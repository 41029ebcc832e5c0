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
        atomic::{AtomicU64, Ordering},
    },
};

use rustix::{
    io::Errno,
    net::{SendAncillaryBuffer, SendFlags, sendmsg},
};

use super::parcel::Parcel;
use crate::sync::Mutex;

/// How many pieces one call of the system takes.
pub(super) const SLICES: usize = 64;

/// One end of a socket pair, to be written to by many threads and read by one.
pub(super) struct Link {
    socket: UnixStream,
    outbox: Mutex<Outbox>,
    /// How many bytes wait until the socket takes more. Written under the lock.
    rest: AtomicU64,
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
        quiet(socket.as_fd())?;
        let outbox = Mutex::default();
        let rest = AtomicU64::new(0);
        Ok(Self {
            socket,
            outbox,
            rest,
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
        if let Some(bytes) = parcel.bytes().joined(items.clone()).flat() {
            return outbox.write(|own| own.extend_from_slice(bytes));
        }
        for item in items {
            for (piece, bytes) in parcel.bytes().part(item).pieces().enumerate() {
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
        self.rest.store(outbox.len(), Ordering::Relaxed);
        flushed
    }

    /// How many bytes wait until the socket takes more.
    pub(super) fn rest(&self) -> u64 {
        self.rest.load(Ordering::Relaxed)
    }

    /// Forgets what was to be sent: the worker is gone.
    pub(super) fn clear(&self) {
        self.rest.store(0, Ordering::Relaxed);
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

    /// How many bytes are left.
    fn len(&self) -> u64 {
        let all: usize = self.pieces.iter().map(|piece| piece.bytes().len()).sum();
        (all - self.written) as u64
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
        sendmsg(socket, &slices[..len], nothing, send_flags())
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

/// An end of the link that is gone is an error for who sends, and no signal.
pub(super) fn send_flags() -> SendFlags {
    #[cfg(not(target_vendor = "apple"))]
    return SendFlags::NOSIGNAL;
    // There the socket itself is told, see `quiet`.
    #[cfg(target_vendor = "apple")]
    SendFlags::empty()
}

/// Has a socket whose other end is gone give errors, where that is not said with each sending.
pub(super) fn quiet(socket: BorrowedFd<'_>) -> io::Result<()> {
    #[cfg(target_vendor = "apple")]
    rustix::net::sockopt::set_socket_nosigpipe(socket, true)?;
    let _ = socket;
    Ok(())
}

impl Piece {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Own(own) => own,
            Self::Lent {
                parcel,
                item,
                piece,
            } => parcel.bytes().part(*item).piece(*piece),
        }
    }
}
