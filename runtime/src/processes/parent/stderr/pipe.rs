//! What a worker says beside its answers, if a pool asks for it: on standard error, and in its log.
//!
//! ```text
//!   worker: fd 2 ===pipe===> voice --all of it--> completion --> aloud: this program's own fd 2
//!                              |
//!                              `--the last lines--> the error of the call that it dies in
//!
//!   worker: log ====link===> voice -------------> completion --> this program's own logger
//! ```
//!
//! The pipe is read by the thread that serves the links, which never waits for it: not for its end either, which
//! whatever the worker has started may withhold.

use std::{
    io::{PipeReader, Read},
    sync::Arc,
};

use rustix::event::{PollFd, PollFlags};

use super::tail::Tail;
use crate::processes::parent::handle::backlog::Backlog;

/// How much is read at once.
const READ_SIZE: usize = 16 << 10;

/// How much is read before others have their turn.
const TURN_LIMIT: usize = 64 << 10;

/// How much of a dead worker's pipe is read: as much as any pipe holds. What it has left behind may go on writing.
const DRAIN_LIMIT: usize = 2 << 20;

/// The parent's end of one worker's standard error.
pub(crate) struct StderrPipe {
    /// Does not block. `None` if it is not captured, or once every writer has closed it.
    pipe: Option<Arc<PipeReader>>,
    tail: Tail,
}

impl StderrPipe {
    /// Keeps the last lines of what comes through `pipe`.
    pub(crate) fn new(pipe: Option<Arc<PipeReader>>, lines: usize) -> Self {
        let tail = Tail::new(lines);
        Self { pipe, tail }
    }

    /// Whether it may say something on standard error.
    pub(crate) fn is_open(&self) -> bool {
        self.pipe.is_some()
    }

    /// What to poll, if it is heard: nothing is asked for while too much is untold, but the end is told in any case.
    pub(crate) fn poll_fd(&self, backlog: &Backlog) -> Option<PollFd<'_>> {
        let mut wanted = PollFlags::empty();
        wanted.set(PollFlags::IN, !backlog.is_full());
        Some(PollFd::new(self.pipe.as_deref()?, wanted))
    }

    /// It says something, or has ended with what there is.
    pub(crate) fn read(&mut self, backlog: &Backlog, forward: impl FnMut(Vec<u8>)) {
        self.read_some(backlog, forward);
    }

    /// Hears what it may have said, unless too much is untold.
    pub(crate) fn read_available(&mut self, backlog: &Backlog, forward: impl FnMut(Vec<u8>)) {
        if self.is_open() && !backlog.is_full() {
            self.read_some(backlog, forward);
        }
    }

    /// The worker is dead: hears all that is left of what it said.
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

    /// The last lines it said.
    pub(crate) fn tail(&self) -> String {
        self.tail.text()
    }

    /// Has what there is passed on, but for what others would wait for too long; how many bytes that were.
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

    /// Reads once. False if there is no more for the moment.
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
