//! What workers said on standard error is said on this program's own.
//!
//! That may block, for as long as nobody reads. Calls are told how they ended meanwhile: who is about to block lets
//! another thread of the pool do that, and whatever comes to be said until then waits its turn here.
//!
//! Nothing is locked that `eprintln` locks: a program may hold that while it waits for a call.

use std::{collections::VecDeque, mem};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::BorrowedFd,
    io::Errno,
    stdio,
};

use crate::{processes::parent::handle::backlog::Backlog, sync::Mutex, worker_context};

/// So much a pipe takes without blocking, if it takes anything.
const ATOMIC_WRITE: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    4096
} else {
    512
};

/// What is said aloud, one text after another.
#[derive(Default)]
pub(crate) struct StderrForwarder {
    queue: Mutex<Queue>,
    pub(crate) backlog: Backlog,
}

#[derive(Default)]
struct Queue {
    texts: VecDeque<Vec<u8>>,
    /// Whether a thread is saying texts.
    is_writing: bool,
}

impl StderrForwarder {
    /// Says this after all that came before it, or leaves that to the thread that does so.
    pub(crate) fn forward(&self, text: Vec<u8>, resume: impl Fn()) {
        let mut queue = self.queue.lock();
        queue.texts.push_back(text);
        if mem::replace(&mut queue.is_writing, true) {
            return;
        }
        while let Some(text) = queue.texts.pop_front() {
            drop(queue);
            write_all(&text);
            if self.backlog.release(text.len()) {
                resume();
            }
            queue = self.queue.lock();
        }
        queue.is_writing = false;
    }
}

fn write_all(mut text: &[u8]) {
    let stderr = stdio::stderr();
    let mut asleep = None;
    while !text.is_empty() {
        match poll_writable(stderr, asleep.is_some()) {
            Writable::No => {
                asleep.get_or_insert_with(worker_context::enter_blocking);
            }
            // To say it could raise a signal.
            Writable::Broken => return,
            Writable::Yes => match rustix::io::write(stderr, first_piece(text)) {
                Ok(written) => text = &text[written..],
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(_) => return,
            },
        }
    }
}

/// Whether something can be said without blocking.
enum Writable {
    Yes,
    No,
    /// Nobody hears it any more.
    Broken,
}

/// What room there is; `waits` for some if it may.
fn poll_writable(stderr: BorrowedFd<'_>, waits: bool) -> Writable {
    const NOW: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let mut watched = [PollFd::from_borrowed_fd(stderr, PollFlags::OUT)];
    match poll(&mut watched, (!waits).then_some(&NOW)) {
        Ok(0) | Err(Errno::INTR) => Writable::No,
        Ok(_) if watched[0].revents().contains(PollFlags::ERR) => Writable::Broken,
        _ => Writable::Yes,
    }
}

/// The beginning of the text that is said at once: whole lines, if one fits.
fn first_piece(text: &[u8]) -> &[u8] {
    let most = &text[..text.len().min(ATOMIC_WRITE)];
    let end = most.iter().rposition(|byte| *byte == b'\n');
    end.map_or(most, |end| &text[..=end])
}
