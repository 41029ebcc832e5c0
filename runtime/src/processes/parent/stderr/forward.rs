//! Forwards workers' standard error to our own, without blocking the pool.
//!
//! The write may block as long as our reader does not read. Before it blocks, the thread lets
//! another thread of the pool complete calls; texts that arrive until then wait in the queue here.
//!
//! The lock of `eprintln!` is not taken: a program may hold it while it waits for a call.

use std::{collections::VecDeque, mem};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::BorrowedFd,
    io::Errno,
    stdio,
};

use crate::{processes::parent::handle::backlog::Backlog, sync::Mutex, worker_context};

/// The number of bytes that a writable pipe takes without blocking.
const ATOMIC_WRITE: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    4096
} else {
    512
};

/// The texts to forward, one after another.
#[derive(Default)]
pub(crate) struct StderrForwarder {
    queue: Mutex<TextQueue>,
    pub(crate) backlog: Backlog,
}

#[derive(Default)]
struct TextQueue {
    texts: VecDeque<Vec<u8>>,
    /// Whether a thread is writing texts.
    is_writing: bool,
}

impl StderrForwarder {
    /// Forwards this text after all before it, or leaves that to the thread that writes already.
    /// Calls `resume` when a full backlog has room again.
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
            // A write could raise SIGPIPE.
            Writable::Broken => return,
            Writable::Yes => match rustix::io::write(stderr, first_piece(text)) {
                Ok(written) => text = &text[written..],
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(_) => return,
            },
        }
    }
}

/// Whether standard error can be written to without blocking.
enum Writable {
    Yes,
    No,
    /// Its reader is gone.
    Broken,
}

/// Whether standard error is writable; waits until it is if `waits`.
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

/// The start of the text that is written at once: whole lines, if one fits.
fn first_piece(text: &[u8]) -> &[u8] {
    let most = &text[..text.len().min(ATOMIC_WRITE)];
    let end = most.iter().rposition(|byte| *byte == b'\n');
    end.map_or(most, |end| &text[..=end])
}
