//! What a worker says beside its answers, if a pool asks for it: on standard error, and in its log.
//!
//! ```text
//!   worker: fd 2 ===pipe===> voice --all of it--> verdict --> aloud: this program's own fd 2
//!                              |
//!                              `--the last lines--> the error of the call that it dies in
//!
//!   worker: log ====link===> voice -------------> verdict --> this program's own logger
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
    last_lines::LastLines,
    logs::{Logged, Record},
    message::Nonsense,
    pool::Pool,
    process::Process,
    scheduler::{Next, Verdict},
    untold::Untold,
};

/// How much is read at once.
const READ: usize = 16 << 10;

/// How much is read before others have their turn.
const TURN: usize = 64 << 10;

/// How much of a dead worker's pipe is read: as much as any pipe holds. What it has left behind may go on writing.
const LAST_WORDS: usize = 2 << 20;

/// One worker's voice; silent if nobody has asked for it.
pub(super) struct Voice {
    pid: u32,
    /// What it has logged and nobody has told yet; none if it is not to log anything. Each worker has its own, so that one that
    /// logs without end keeps no other from being heard.
    unlogged: Option<Arc<Untold>>,
    /// Does not block. None once nobody can write into it any more.
    pipe: Option<Arc<PipeReader>>,
    last: LastLines,
}

impl Voice {
    /// That of this worker.
    pub(super) fn of(process: &Process, pool: &Pool) -> Self {
        let listening = pool.recipe.listening;
        Self {
            pid: process.id(),
            unlogged: listening.logs.then(Arc::default),
            pipe: process.stderr.clone(),
            last: LastLines::new(listening.stderr_lines),
        }
    }

    /// It has logged something, which is nonsense if nobody has asked for that.
    pub(super) fn log(&self, record: Record, next: &mut Next) -> Result<(), Nonsense> {
        let unlogged = self.unlogged.as_ref().ok_or(Nonsense)?;
        let logged = Logged::by(self.pid, record, unlogged);
        next.verdicts.push(Verdict::Logged(Box::new(logged)));
        Ok(())
    }

    /// Whether it has logged so much more than was told that its link is not to be read.
    pub(super) fn is_ahead(&self) -> bool {
        let unlogged = self.unlogged.as_ref();
        unlogged.is_some_and(|unlogged| unlogged.is_much())
    }

    /// Whether it may say something on standard error.
    pub(super) fn is_heard(&self) -> bool {
        self.pipe.is_some()
    }

    /// What to poll, if it is heard: nothing is asked for while too much is untold, but the end is told in any case.
    pub(super) fn watched(&self, pool: &Pool) -> Option<PollFd<'_>> {
        let mut wanted = PollFlags::empty();
        wanted.set(PollFlags::IN, !pool.aloud.untold.is_much());
        Some(PollFd::new(self.pipe.as_deref()?, wanted))
    }

    /// It says something, or has ended with what there is.
    pub(super) fn hear(&mut self, pool: &Pool) {
        self.hear_some(pool);
    }

    /// Hears what it may have said, unless too much is untold.
    pub(super) fn hear_in_passing(&mut self, pool: &Pool) {
        if self.is_heard() && !pool.aloud.untold.is_much() {
            self.hear_some(pool);
        }
    }

    /// The worker is dead: hears all that is left of what it said.
    pub(super) fn hear_out(&mut self, pool: &Pool) {
        let mut heard = 0;
        while self.is_heard() && heard < LAST_WORDS {
            match self.hear_some(pool) {
                0 => break,
                some => heard += some,
            }
        }
        self.pipe = None;
    }

    /// The last lines it said.
    pub(super) fn last_lines(&self) -> String {
        self.last.text()
    }

    /// Has what there is passed on, but for what others would wait for too long; how many bytes that were.
    fn hear_some(&mut self, pool: &Pool) -> usize {
        let mut text = Vec::new();
        while text.len() < TURN && self.read(&mut text) {}
        let len = text.len();
        if len > 0 {
            self.last.add(&text);
            pool.aloud.untold.add(len);
            pool.crew.add_serving(vec![Verdict::Said(text)]);
        }
        len
    }

    /// Reads once. False if there is no more for the moment.
    fn read(&mut self, text: &mut Vec<u8>) -> bool {
        let mut buffer = [0; READ];
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
