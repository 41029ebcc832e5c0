//! What a shutdown with a time limit left.

use std::{error::Error, fmt};

/// What a shutdown with a time limit left running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StillBusy {
    running: usize,
    pending: usize,
}

impl StillBusy {
    pub(crate) fn new(running: usize, pending: usize) -> Self {
        Self { running, pending }
    }

    /// How many calls were running.
    #[must_use]
    pub fn running(&self) -> usize {
        self.running
    }

    /// How many calls were pending.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending
    }
}

impl fmt::Display for StillBusy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { running, pending } = self;
        write!(
            f,
            "calls when the time ran out: {running} running, {pending} pending"
        )
    }
}

impl Error for StillBusy {}
