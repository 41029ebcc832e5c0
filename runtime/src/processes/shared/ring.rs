//! The ring: a single-producer single-consumer byte queue in shared memory, for short answers.
//!
//! ```text
//!   worker                                        parent
//!
//!   push: room? --> bytes --> written  ---->  take: written --> bytes copied out --> read
//!                                  ... and notify if the parent sleeps (`wakeup`)
//! ```
//!
//! - The worker never waits: an answer for which the ring has no room goes over the socket.
//! - An answer is complete before `written` covers it, and is there before its call counts as done.
//!   So the parent can take all answers of a worker that has died.
//! - The parent copies before it looks, and checks what it reads: `written` may have any value.

use std::sync::{Arc, atomic::Ordering};

use super::table::{Counter, RING, Table};

/// The maximum length of a record. A longer answer is sent over the socket without a copy.
const LONGEST_RECORD: usize = 16 << 10;

/// The worker's end.
pub(crate) struct Producer {
    table: Arc<Table>,
    written: u64,
    /// The number of bytes that the parent had taken at the last look.
    read: u64,
    /// The value of `written` at the last notification.
    notified: u64,
}

/// The parent's end.
pub(crate) struct Consumer {
    table: Arc<Table>,
    read: u64,
}

/// The worker has overwritten the counters of the ring.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("it overwrote the ring of its answers")]
pub(crate) struct Overwritten;

impl Producer {
    pub(crate) fn new(table: Arc<Table>) -> Self {
        let (written, read, notified) = (0, 0, 0);
        Self {
            table,
            written,
            read,
            notified,
        }
    }

    /// Adds these bytes as a whole. False if there is no room for them.
    pub(crate) fn push<'a>(&mut self, pieces: impl Iterator<Item = &'a [u8]> + Clone) -> bool {
        let len: usize = pieces.clone().map(<[u8]>::len).sum();
        if len > LONGEST_RECORD || !self.has_room(len) {
            return false;
        }
        for piece in pieces {
            self.table.put(self.written, piece);
            self.written += piece.len() as u64;
        }
        // ORDERING: Release pairs with the Acquire in `Consumer::written`: the bytes happen before.
        self.table
            .counter(Counter::Written)
            .store(self.written, Ordering::Release);
        true
    }

    /// Whether the parent should be notified before the batch is over: a quarter of the ring is
    /// new.
    pub(crate) fn is_filling(&self) -> bool {
        self.written - self.notified > RING as u64 / 4
    }

    /// The parent was notified of all that was written.
    pub(crate) fn mark_notified(&mut self) {
        self.notified = self.written;
    }

    fn has_room(&mut self, len: usize) -> bool {
        let needed = self.written + len as u64;
        if needed - self.read <= RING as u64 {
            return true;
        }
        // ORDERING: Acquire pairs with the Release in `take`: the parent has copied the bytes that
        // this worker overwrites.
        let read = self.table.counter(Counter::Read).load(Ordering::Acquire);
        // It is never more than was written, unless a task has overwritten the counter.
        self.read = read.clamp(self.read, self.written);
        needed - self.read <= RING as u64
    }
}

impl Consumer {
    pub(crate) fn new(table: Arc<Table>) -> Self {
        Self { table, read: 0 }
    }

    /// Whether there is something to take.
    pub(crate) fn is_nonempty(&self) -> bool {
        self.written() != self.read
    }

    /// Takes all that is there; adds it to `out`.
    pub(crate) fn take(&mut self, out: &mut Vec<u8>) -> Result<(), Overwritten> {
        let written = self.written();
        let len = written.wrapping_sub(self.read);
        if len > RING as u64 {
            return Err(Overwritten);
        }
        self.table.take(self.read, len as usize, out);
        self.read = written;
        // ORDERING: Release pairs with the Acquire in `has_room`: the copy happens before the
        // worker overwrites the bytes.
        self.table
            .counter(Counter::Read)
            .store(written, Ordering::Release);
        Ok(())
    }

    fn written(&self) -> u64 {
        // ORDERING: Acquire pairs with the Release in `push`: the bytes are there.
        self.table.counter(Counter::Written).load(Ordering::Acquire)
    }
}

// Miri has no memory that processes share.
#[cfg(all(test, not(loom), not(miri)))]
mod tests {
    use super::*;

    /// Both ends of one ring, as two processes have them.
    fn ring() -> (Producer, Consumer) {
        let (ours, fd) = Table::create().expect("the system gives memory");
        let theirs = Table::open(fd).expect("the system gives memory");
        (Producer::new(theirs.into()), Consumer::new(ours.into()))
    }

    fn taken(consumer: &mut Consumer) -> Vec<u8> {
        let mut out = Vec::new();
        consumer.take(&mut out).expect("nobody overwrote it");
        out
    }

    #[test]
    fn bytes_come_out_as_they_went_in_many_rounds_long() {
        let (mut producer, mut consumer) = ring();

        for round in 0..100_u8 {
            let piece = vec![round; 9_999];
            assert!(producer.push([&piece[..], b"end"].into_iter()));

            assert!(consumer.is_nonempty());
            assert_eq!(taken(&mut consumer), [&piece[..], b"end"].concat());
            assert!(!consumer.is_nonempty());
        }
    }

    #[test]
    fn what_there_is_no_room_for_stays_outside() {
        let (mut producer, mut consumer) = ring();
        let piece = [1; 10_000];
        let mut pushed = 0;
        while producer.push([&piece[..]].into_iter()) {
            pushed += 1;
        }

        assert_eq!(pushed, RING / piece.len());
        assert_eq!(taken(&mut consumer).len(), pushed * piece.len());

        assert!(producer.push([&piece[..]].into_iter()));
        assert!(!producer.push([&[0; RING][..]].into_iter()));
    }

    #[test]
    fn a_ring_that_was_overwritten_gives_an_error() {
        let (producer, mut consumer) = ring();
        let written = producer.table.counter(Counter::Written);
        written.store(u64::MAX, Ordering::SeqCst);

        assert_eq!(consumer.take(&mut Vec::new()), Err(Overwritten));
    }
}
