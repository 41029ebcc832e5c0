//! The parent's end of a link: bytes that wait to be sent, in their order.
//!
//! Nothing here blocks. What the worker does not take yet stays in the [`outbox`].

mod outbox;

use std::{
    io,
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

use rustix::net::SendFlags;

use super::{claims::Number, encoded_call::Parcel};
use crate::sync::Mutex;
pub(super) use outbox::LONG;
use outbox::Outbox;

/// How many pieces one call of the system takes.
pub(super) const SLICES: usize = 64;

/// One end of a socket pair, to be written to by many threads and read by one.
pub(super) struct Link {
    socket: UnixStream,
    outbox: Mutex<Outbox>,
    /// How many bytes wait until the socket takes more. Written under the lock.
    rest: AtomicU64,
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

    /// Adds the frame of a flight: what `head` writes, and the parts of the call, long ones as
    /// they lie.
    pub(super) fn push_flight(
        &self,
        number: Number,
        (parcel, items): (&Arc<Parcel>, Range<usize>),
        head: impl FnOnce(&mut Vec<u8>),
    ) {
        self.outbox.lock().add(number, parcel, items, head);
    }

    /// Forgets the bytes of a flight that was taken back, of more than a few. A frame that has
    /// begun to leave is filled up with what means nothing.
    pub(super) fn withdraw(&self, number: Number) {
        let mut outbox = self.outbox.lock();
        let forgotten = outbox.withdraw(number);
        // ORDERING: as in `flush`.
        self.rest.store(outbox.len(), Ordering::Relaxed);
        drop(outbox);
        drop(forgotten);
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

    /// Closes the link both ways: the worker ends itself, whatever it runs.
    pub(super) fn close(&self) {
        // Closed already, it has the same effect.
        let _ = self.socket.shutdown(Shutdown::Both);
    }

    /// Forgets what was to be sent: the worker is gone.
    pub(super) fn clear(&self) {
        self.rest.store(0, Ordering::Relaxed);
        let forgotten = std::mem::take(&mut *self.outbox.lock());
        drop(forgotten);
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
