//! The parent's end of a link: bytes that wait to be sent, in their order.
//!
//! Nothing here blocks. What the worker does not take yet stays in the [`queue`].

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

/// One end of a socket pair, to be written to by many threads and read by one.
pub(crate) struct Outbox {
    socket: UnixStream,
    queue: Mutex<SendQueue>,
    /// How many bytes wait until the socket takes more. Written under the lock.
    unsent: AtomicU64,
}

/// What lends the bytes of a long batch until they are sent.
pub(crate) trait Payload: Send + Sync {
    fn packed(&self) -> &Packed;
}

/// What became of what was to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flushed {
    /// All of it has left.
    All,
    /// The rest has to wait until the socket takes more.
    Rest,
    /// Nobody will ever read it.
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

    /// The socket, to be read by the thread that serves the links.
    pub(crate) fn socket(&self) -> &UnixStream {
        &self.socket
    }

    /// Adds bytes to the outbox.
    pub(crate) fn push(&self, write: impl FnOnce(&mut Vec<u8>)) {
        self.queue.lock().write(write);
    }

    /// Adds the frame of a batch: what `head` writes, and the parts of the call, long ones as
    /// they lie.
    pub(crate) fn add_batch(
        &self,
        number: BatchNumber,
        (call, items): (&Arc<impl Payload + 'static>, Range<usize>),
        head: impl FnOnce(&mut Vec<u8>),
    ) {
        self.queue.lock().add(number, call, items, head);
    }

    /// Forgets the bytes of a batch that was taken back, of more than a few. A frame that has
    /// begun to leave is filled up with what means nothing.
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
        // ORDERING: whoever polls is rung for after this.
        self.unsent.store(queue.len(), Ordering::Relaxed);
        flushed
    }

    /// How many bytes wait until the socket takes more.
    pub(crate) fn unsent(&self) -> u64 {
        self.unsent.load(Ordering::Relaxed)
    }

    /// Closes the link both ways: the worker ends itself, whatever it runs.
    pub(crate) fn close(&self) {
        // Closed already, it has the same effect.
        let _ = self.socket.shutdown(Shutdown::Both);
    }

    /// Forgets what was to be sent: the worker is gone.
    pub(crate) fn clear(&self) {
        self.unsent.store(0, Ordering::Relaxed);
        let withdrawn = std::mem::take(&mut *self.queue.lock());
        drop(withdrawn);
    }
}
