//! Answers in shared memory: bytes that the worker puts in at one end and its parent takes out at the other.
//!
//! ```text
//!   worker                                        parent
//!
//!   push: room? --> bytes --> written  ---->  take: written --> bytes copied out --> read
//!                                  ... and knock if the parent is asleep (`doze`)
//! ```
//!
//! - The worker waits for nothing: what the ring has no room for goes over the link.
//! - An answer is whole before `written` says that it is there, and is there before its call counts as done. So whatever
//!   a worker had answered can be had when it is dead.
//! - The parent copies before it looks. What it is told is checked: `written` may say anything.

use std::sync::{Arc, atomic::Ordering};

use super::table::{Counter, RING, Table};

/// No answer in the ring is longer: a long one is sent as it lies.
const LONGEST_RECORD: usize = 16 << 10;

/// The worker's end.
pub(crate) struct Producer {
    table: Arc<Table>,
    written: u64,
    /// How many bytes the parent had taken when this was last looked at.
    read: u64,
    /// How many were there when the parent was last told.
    notified: u64,
}

/// The parent's end.
pub(crate) struct Consumer {
    table: Arc<Table>,
    read: u64,
}

/// The worker has overwritten what the ring says of itself.
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
        // ORDERING: Release shows the bytes to who sees that they are there.
        self.table
            .counter(Counter::Written)
            .store(self.written, Ordering::Release);
        true
    }

    /// Whether the parent should hear that it has something to take: a good part of the ring is full.
    pub(crate) fn is_filling(&self) -> bool {
        self.written - self.notified > RING as u64 / 4
    }

    /// The parent was told of all that is there.
    pub(crate) fn mark_notified(&mut self) {
        self.notified = self.written;
    }

    fn has_room(&mut self, len: usize) -> bool {
        let needed = self.written + len as u64;
        if needed - self.read <= RING as u64 {
            return true;
        }
        // ORDERING: Acquire pairs with `take`: the parent has copied what is overwritten.
        let read = self.table.counter(Counter::Read).load(Ordering::Acquire);
        // Never more than was written, unless somebody has overwritten it.
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
        // ORDERING: Release keeps the copy before it: the worker may overwrite the bytes from here on.
        self.table
            .counter(Counter::Read)
            .store(written, Ordering::Release);
        Ok(())
    }

    fn written(&self) -> u64 {
        // ORDERING: Acquire pairs with `push`: the bytes are there.
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
