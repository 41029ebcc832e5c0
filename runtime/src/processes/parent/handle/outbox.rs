//! The parent's sending side of a connection: bytes that wait to be sent, in their order.
//!
//! Nothing here blocks. What the socket does not take yet stays in the [`queue`].

mod queue;

use std::{
    io,
    net::Shutdown,
    ops::Range,
    os::{fd::AsFd, unix::net::UnixStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    portable::Packed,
    processes::{shared::claims::BatchNumber, wire::socket::disable_sigpipe},
    sync::Mutex,
};
pub(crate) use queue::LONG;
use queue::SendQueue;

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
