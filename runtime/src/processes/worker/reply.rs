//! What a worker says to its parent once it is at work, by the ring or over the link.
//!
//! ```text
//!   answer --short, and there is room--> ring --the parent sleeps--> News over the link
//!          `--else---------------------> link
//! ```
//!
//! A worker that logs uses the link alone: what was logged before an answer is to be heard before it, and a ring beside it
//! has no order with that.
//!
//! An answer that does not go into the ring is followed over the link by all others of its batch: so those of one
//! batch can be heard in their order. The parent is told of the ring when the batch is over, and while it fills.

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
        shared::{
            claims::BatchNumber,
            ring::Producer,
            table::{Counter, Table},
            wakeup,
        },
        wire::{
            message, record,
            socket::{SLICES, send_flags},
        },
    },
};

/// The worker's way out.
pub(crate) struct ReplyWriter {
    socket: Arc<UnixStream>,
    table: Arc<Table>,
    ring: Producer,
    /// Whether the ring may be used at all.
    may_use_ring: bool,
    /// Whether it is used for this batch.
    uses_ring: bool,
}

impl ReplyWriter {
    /// Of a worker that uses its ring, or the link alone.
    pub(crate) fn new(socket: Arc<UnixStream>, table: Arc<Table>, may_use_ring: bool) -> Self {
        Self {
            socket,
            ring: Producer::new(table.clone()),
            table,
            may_use_ring,
            uses_ring: may_use_ring,
        }
    }

    /// Another batch begins.
    pub(crate) fn begin_batch(&mut self) {
        self.uses_ring = self.may_use_ring;
    }

    /// The first call of a batch was started.
    pub(crate) fn started(&mut self, number: BatchNumber) -> io::Result<()> {
        let record = record::started(number);
        if self.push(&[&record]) {
            return self.notify();
        }
        self.send(&[&message::started(number)])
    }

    /// Gives the result of one item.
    pub(crate) fn reply(
        &mut self,
        number: BatchNumber,
        item: usize,
        result: &Part<'_>,
    ) -> io::Result<()> {
        if let Some(bytes) = result.flat() {
            let head = record::value(number, item, bytes.len());
            if self.push(&[&head, bytes]) {
                return match self.ring.is_filling() {
                    true => self.notify(),
                    false => Ok(()),
                };
            }
        }
        let head = message::answer_head(number, item, result.len() as u64);
        let pieces = std::iter::once(&head[..]).chain(result.pieces());
        self.send(&pieces.collect::<Vec<_>>())
    }

    /// Says why one item has no result.
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
        // Who hears the link looks into the ring too.
        if self.uses_ring {
            self.notify()
        } else {
            Ok(())
        }
    }

    /// Has the parent look into the ring, if it does not do so by itself.
    fn notify(&mut self) -> io::Result<()> {
        self.ring.mark_notified();
        if wakeup::must_notify(self.table.counter(Counter::Asleep)) {
            send(&self.socket, &[&message::notify()])?;
        }
        Ok(())
    }

    fn push(&mut self, pieces: &[&[u8]]) -> bool {
        // A test that wants to end amid the sending of an answer has none in the ring.
        self.uses_ring &= !hooks::is_watched(Moment::HalfAnswered);
        self.uses_ring && self.ring.push(pieces.iter().copied())
    }

    fn send(&mut self, pieces: &[&[u8]]) -> io::Result<()> {
        self.uses_ring = false;
        send(&self.socket, pieces)
    }
}

/// Held while a frame is sent: any thread may log something while a call is answered.
static SEND_LOCK: Mutex<()> = Mutex::new(());

/// Sends all of these bytes, and no others between them; blocks until the parent has room for them.
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

/// Sends some; how many bytes have left.
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
