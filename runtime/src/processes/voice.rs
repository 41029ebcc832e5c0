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

use super::{
    last_lines::Tail,
    logs::{LogRecord, Logged},
    message::ProtocolError,
    pool::Shared,
    process::Process,
    scheduler::{Completion, Effects},
    untold::Backlog,
};

/// How much is read at once.
const READ_SIZE: usize = 16 << 10;

/// How much is read before others have their turn.
const TURN_LIMIT: usize = 64 << 10;

/// How much of a dead worker's pipe is read: as much as any pipe holds. What it has left behind may go on writing.
const DRAIN_LIMIT: usize = 2 << 20;

/// One worker's voice; silent if nobody has asked for it.
pub(super) struct StderrPipe {
    pid: u32,
    /// What it has logged and nobody has told yet; none if it is not to log anything. Each worker has its own, so that one that
    /// logs without end keeps no other from being heard.
    log_backlog: Option<Arc<Backlog>>,
    /// Does not block. None once nobody can write into it any more.
    pipe: Option<Arc<PipeReader>>,
    tail: Tail,
}

impl StderrPipe {
    /// That of this worker.
    pub(super) fn of(process: &Process, pool: &Shared) -> Self {
        let output_options = pool.worker_command.output_options;
        Self {
            pid: process.id(),
            log_backlog: output_options.logs.then(Arc::default),
            pipe: process.stderr.clone(),
            tail: Tail::new(output_options.stderr_lines),
        }
    }

    /// It has logged something, which is nonsense if nobody has asked for that.
    pub(super) fn log(
        &self,
        record: LogRecord,
        effects: &mut Effects,
    ) -> Result<(), ProtocolError> {
        let log_backlog = self.log_backlog.as_ref().ok_or(ProtocolError)?;
        let logged = Logged::new(self.pid, record, log_backlog);
        effects.complete(Completion::Logged(Box::new(logged)));
        Ok(())
    }

    /// Whether it has logged so much more than was told that its link is not to be read.
    pub(super) fn is_log_backlog_full(&self) -> bool {
        let log_backlog = self.log_backlog.as_ref();
        log_backlog.is_some_and(|log_backlog| log_backlog.is_full())
    }

    /// Whether it may say something on standard error.
    pub(super) fn is_open(&self) -> bool {
        self.pipe.is_some()
    }

    /// What to poll, if it is heard: nothing is asked for while too much is untold, but the end is told in any case.
    pub(super) fn poll_fd(&self, pool: &Shared) -> Option<PollFd<'_>> {
        let mut wanted = PollFlags::empty();
        wanted.set(PollFlags::IN, !pool.stderr.backlog.is_full());
        Some(PollFd::new(self.pipe.as_deref()?, wanted))
    }

    /// It says something, or has ended with what there is.
    pub(super) fn read(&mut self, pool: &Shared) {
        self.read_some(pool);
    }

    /// Hears what it may have said, unless too much is untold.
    pub(super) fn read_available(&mut self, pool: &Shared) {
        if self.is_open() && !pool.stderr.backlog.is_full() {
            self.read_some(pool);
        }
    }

    /// The worker is dead: hears all that is left of what it said.
    pub(super) fn drain(&mut self, pool: &Shared) {
        let mut drained = 0;
        while self.is_open() && drained < DRAIN_LIMIT {
            match self.read_some(pool) {
                0 => break,
                some => drained += some,
            }
        }
        self.pipe = None;
    }

    /// The last lines it said.
    pub(super) fn tail(&self) -> String {
        self.tail.text()
    }

    /// Has what there is passed on, but for what others would wait for too long; how many bytes that were.
    fn read_some(&mut self, pool: &Shared) -> usize {
        let mut text = Vec::new();
        while text.len() < TURN_LIMIT && self.read_once(&mut text) {}
        let len = text.len();
        if len > 0 {
            self.tail.add(&text);
            pool.stderr.backlog.add(len);
            pool.io_threads
                .add_as_leader(vec![Completion::Stderr(text)]);
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
