//! Writes the answers of a worker, to the ring or to the socket.
//!
//! ```text
//!   answer --short, and there is room--> ring --the parent sleeps--> Notify over the socket
//!          `--else---------------------> socket
//! ```
//!
//! A worker that logs uses the socket alone: a record that it logs before an answer has to arrive
//! before it, and a ring has no order with the socket.
//!
//! After an answer that does not go into the ring, all later ones of its batch go over the socket
//! too, so that the parent can read them in their order. The parent is notified of the ring when
//! the batch is over, and while the ring fills.

use std::{
    io::{self, IoSlice},
    os::unix::net::UnixStream,
    sync::{Arc, Mutex, PoisonError},
};

use rustix::{
    io::Errno,
    net::{SendAncillaryBuffer, sendmsg},
};

use crate::{
    error::TaskError,
    hooks::{self, Moment},
    portable::Part,
    processes::{
        os::sys::{SLICES, send_flags},
        shared::{
            claims::BatchNumber,
            ring::Producer,
            table::{Counter, Table},
            wakeup,
        },
        wire::{message, record},
    },
};

/// Where a worker writes its answers.
pub(crate) struct ReplyWriter {
    socket: Arc<UnixStream>,
    table: Arc<Table>,
    ring: Producer,
    /// Whether it uses the ring at all.
    may_use_ring: bool,
    /// Whether it uses the ring for the rest of this batch.
    uses_ring: bool,
}

impl ReplyWriter {
    /// Writes to the ring and the socket, or to the socket alone.
    pub(crate) fn new(socket: Arc<UnixStream>, table: Arc<Table>, may_use_ring: bool) -> Self {
        Self {
            socket,
            ring: Producer::new(table.clone()),
            table,
            may_use_ring,
            uses_ring: may_use_ring,
        }
    }

    /// The next batch begins.
    pub(crate) fn begin_batch(&mut self) {
        self.uses_ring = self.may_use_ring;
    }

    /// Tells that the first call of a batch was started.
    pub(crate) fn started(&mut self, number: BatchNumber) -> io::Result<()> {
        let record = record::started(number);
        if self.push(&[&record]) {
            return self.notify();
        }
        self.send(&[&message::started(number)])
    }

    /// Writes the result of one item.
    pub(crate) fn reply(
        &mut self,
        number: BatchNumber,
        item: usize,
        result: &Part<'_>,
    ) -> io::Result<()> {
        if let Some(bytes) = result.flat() {
            let head = record::value(number, item, bytes.len());
            if self.push(&[&head, bytes]) {
                return if self.ring.is_filling() {
                    self.notify()
                } else {
                    Ok(())
                };
            }
        }
        let head = message::answer_head(number, item, result.len() as u64);
        let pieces = std::iter::once(&head[..]).chain(result.pieces());
        self.send(&pieces.collect::<Vec<_>>())
    }

    /// Writes why one item has no result.
    pub(crate) fn reply_error(
        &mut self,
        number: BatchNumber,
        item: usize,
        error: &TaskError,
    ) -> io::Result<()> {
        self.send(&[&message::answer_error(number, item, error)])
    }

    /// The batch is over.
    pub(crate) fn end_batch(&mut self) -> io::Result<()> {
        // What goes over the socket wakes the parent, which then looks into the ring too.
        if self.uses_ring {
            self.notify()
        } else {
            Ok(())
        }
    }

    /// Notifies the parent of the ring, if it sleeps.
    fn notify(&mut self) -> io::Result<()> {
        self.ring.mark_notified();
        if wakeup::must_notify(self.table.counter(Counter::Asleep)) {
            send(&self.socket, &[&message::notify()])?;
        }
        Ok(())
    }

    fn push(&mut self, pieces: &[&[u8]]) -> bool {
        // A test that ends during the sending of an answer needs it on the socket.
        self.uses_ring &= !hooks::is_watched(Moment::HalfAnswered);
        self.uses_ring && self.ring.push(pieces.iter().copied())
    }

    fn send(&mut self, pieces: &[&[u8]]) -> io::Result<()> {
        self.uses_ring = false;
        send(&self.socket, pieces)
    }
}

/// Held while a frame is sent, because any thread may log while a call is answered.
static SEND_LOCK: Mutex<()> = Mutex::new(());

/// Sends all of these bytes, with no others between them; blocks while the socket is full.
pub(crate) fn send(socket: &UnixStream, pieces: &[&[u8]]) -> io::Result<()> {
    let _lock = SEND_LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let mut slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
    let mut left = &mut slices[..];
    if hooks::is_watched(Moment::HalfAnswered) {
        let half = [IoSlice::new(&pieces[0][..pieces[0].len() / 2])];
        let sent = send_once(socket, &half)?;
        IoSlice::advance_slices(&mut left, sent);
        hooks::reach(Moment::HalfAnswered);
    }
    while !left.is_empty() {
        let most = left.len().min(SLICES);
        let sent = send_once(socket, &left[..most])?;
        IoSlice::advance_slices(&mut left, sent);
    }
    Ok(())
}

/// Sends once; returns the number of bytes that were sent.
fn send_once(socket: &UnixStream, slices: &[IoSlice<'_>]) -> io::Result<usize> {
    loop {
        match sendmsg(
            socket,
            slices,
            &mut SendAncillaryBuffer::default(),
            send_flags(),
        ) {
            Err(Errno::INTR) => {}
            sent => return Ok(sent?),
        }
    }
}
