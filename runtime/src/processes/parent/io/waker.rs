//! What wakes the thread that serves the links.

use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    sync::atomic::{AtomicBool, Ordering},
};

/// A socket pair to oneself: works with `poll` on every Unix.
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

    /// Rings; once is enough until somebody has heard it.
    pub(crate) fn wake(&self) {
        // ORDERING: Release shows what was done before a ring to who hears it.
        if !self.is_pending.swap(true, Ordering::AcqRel) {
            // The one byte that may be there always has room.
            let _ = (&self.tx).write(&[1]);
        }
    }

    /// It was rung, as `poll` says: the next ring sends a byte again. The caller looks what there is after this.
    pub(crate) fn drain(&self) {
        let _ = (&self.rx).read(&mut [0; 8]);
        // ORDERING: Acquire pairs with the ring; after the byte is gone, or the next ring would send none.
        self.is_pending.swap(false, Ordering::AcqRel);
    }
}
