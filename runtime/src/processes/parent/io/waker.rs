//! The waker of the reactor: a self-pipe, here a socket pair, which `poll` can wait for.

use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    sync::atomic::{AtomicBool, Ordering},
};

/// A socket pair to this process itself. It works with `poll` on every Unix.
pub(crate) struct Waker {
    is_pending: AtomicBool,
    tx: UnixStream,
    pub(crate) rx: UnixStream,
}

impl Waker {
    pub(crate) fn new() -> io::Result<Self> {
        let (tx, rx) = UnixStream::pair()?;
        tx.set_nonblocking(true)?;
        rx.set_nonblocking(true)?;
        let is_pending = AtomicBool::new(false);
        Ok(Self { is_pending, tx, rx })
    }

    /// Wakes the reactor. Only the first wake until the next `drain` sends a byte.
    pub(crate) fn wake(&self) {
        // ORDERING: Release pairs with the Acquire in `drain`: the reactor sees what was done
        // before.
        if !self.is_pending.swap(true, Ordering::AcqRel) {
            // There is at most one byte on its way, for which there is always room.
            let _ = (&self.tx).write(&[1]);
        }
    }

    /// Takes the byte; the next wake sends one again. The caller looks for work after this.
    pub(crate) fn drain(&self) {
        let _ = (&self.rx).read(&mut [0; 8]);
        // ORDERING: Acquire pairs with the Release in `wake`. It comes after the read: a wake
        // between the two would send no byte, and be lost.
        self.is_pending.swap(false, Ordering::AcqRel);
    }
}
