//! The parent's end of a worker's standard error.
//!
//! ```text
//!   worker: fd 2 ===pipe===> StderrPipe --all of it--> StderrForwarder: our own fd 2
//!                               |
//!                               `--the last lines--> the error of the call that it dies in
//! ```
//!
//! The reactor reads the pipe, and never blocks on it: not for its end either, because a process
//! that the worker has started may hold it open.

use std::{
    io::{PipeReader, Read},
    sync::Arc,
};

use rustix::event::{PollFd, PollFlags};

use super::tail::TextTail;
use crate::processes::parent::handle::backlog::Backlog;

/// The number of bytes read at once.
const READ_SIZE: usize = 16 << 10;

/// The number of bytes read before other connections have their turn.
const TURN_LIMIT: usize = 64 << 10;

/// The number of bytes read from a dead worker's pipe: as much as any pipe holds. Processes that
/// the worker has started may go on writing.
const DRAIN_LIMIT: usize = 2 << 20;

/// The parent's end of one worker's standard error.
pub(crate) struct StderrPipe {
    /// Does not block. `None` if it is not captured, or once every writer has closed it.
    pipe: Option<Arc<PipeReader>>,
    tail: TextTail,
}

impl StderrPipe {
    /// Keeps the last lines of what comes through `pipe`.
    pub(crate) fn new(pipe: Option<Arc<PipeReader>>, lines: usize) -> Self {
        let tail = TextTail::new(lines);
        Self { pipe, tail }
    }

    /// Whether a process may still write to it.
    pub(crate) fn is_open(&self) -> bool {
        self.pipe.is_some()
    }

    /// The descriptor to poll, if it is open. While the backlog is full only its end is waited for.
    pub(crate) fn poll_fd(&self, backlog: &Backlog) -> Option<PollFd<'_>> {
        let mut wanted = PollFlags::empty();
        wanted.set(PollFlags::IN, !backlog.is_full());
        Some(PollFd::new(self.pipe.as_deref()?, wanted))
    }

    /// Reads it, because it is readable or has ended.
    pub(crate) fn read(&mut self, backlog: &Backlog, forward: impl FnMut(Vec<u8>)) {
        self.read_some(backlog, forward);
    }

    /// Reads what there is, unless the backlog is full.
    pub(crate) fn read_available(&mut self, backlog: &Backlog, forward: impl FnMut(Vec<u8>)) {
        if self.is_open() && !backlog.is_full() {
            self.read_some(backlog, forward);
        }
    }

    /// Reads the rest of a dead worker's output.
    pub(crate) fn drain(&mut self, backlog: &Backlog, mut forward: impl FnMut(Vec<u8>)) {
        let mut drained = 0;
        while self.is_open() && drained < DRAIN_LIMIT {
            match self.read_some(backlog, &mut forward) {
                0 => break,
                some => drained += some,
            }
        }
        self.pipe = None;
    }

    /// The last lines of the output.
    pub(crate) fn tail(&self) -> String {
        self.tail.text()
    }

    /// Forwards what there is, up to the limit of one turn; returns the number of bytes.
    fn read_some(&mut self, backlog: &Backlog, mut forward: impl FnMut(Vec<u8>)) -> usize {
        let mut text = Vec::new();
        while text.len() < TURN_LIMIT && self.read_once(&mut text) {}
        let len = text.len();
        if len > 0 {
            self.tail.add(&text);
            backlog.add(len);
            forward(text);
        }
        len
    }

    /// Reads once. False if there is nothing more for the moment.
    fn read_once(&mut self, text: &mut Vec<u8>) -> bool {
        let mut buffer = [0; READ_SIZE];
        let Some(pipe) = &self.pipe else {
            return false;
        };
        match (&**pipe).read(&mut buffer) {
            Ok(0) => self.pipe = None,
            Ok(len) => text.extend_from_slice(&buffer[..len]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return false,
            Err(_) => self.pipe = None,
        }
        self.pipe.is_some()
    }
}
