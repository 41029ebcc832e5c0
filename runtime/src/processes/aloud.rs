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

use super::{bell::Bell, untold::Untold};
use crate::{sync::Mutex, worker};

/// So much a pipe takes without blocking, if it takes anything.
const PIECE: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    4096
} else {
    512
};

/// What is said aloud, one text after another.
#[derive(Default)]
pub(super) struct Aloud {
    waiting: Mutex<Waiting>,
    pub(super) untold: Untold,
}

#[derive(Default)]
struct Waiting {
    texts: VecDeque<Vec<u8>>,
    /// Whether a thread is saying texts.
    is_saying: bool,
}

impl Aloud {
    /// Says this after all that came before it, or leaves that to the thread that does so.
    pub(super) fn say(&self, text: Vec<u8>, bell: &Bell) {
        let mut waiting = self.waiting.lock();
        waiting.texts.push_back(text);
        if mem::replace(&mut waiting.is_saying, true) {
            return;
        }
        while let Some(text) = waiting.texts.pop_front() {
            drop(waiting);
            say_all(&text);
            if self.untold.told(text.len()) {
                bell.ring();
            }
            waiting = self.waiting.lock();
        }
        waiting.is_saying = false;
    }
}

fn say_all(mut text: &[u8]) {
    let stderr = stdio::stderr();
    let mut asleep = None;
    while !text.is_empty() {
        match room(stderr, asleep.is_some()) {
            Room::None => {
                asleep.get_or_insert_with(worker::fall_asleep);
            }
            // To say it could raise a signal.
            Room::NeverMore => return,
            Room::Some => match rustix::io::write(stderr, piece(text)) {
                Ok(written) => text = &text[written..],
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(_) => return,
            },
        }
    }
}

/// Whether something can be said without blocking.
enum Room {
    Some,
    None,
    /// Nobody hears it any more.
    NeverMore,
}

/// What room there is; `waits` for some if it may.
fn room(stderr: BorrowedFd<'_>, waits: bool) -> Room {
    const NOW: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let mut watched = [PollFd::from_borrowed_fd(stderr, PollFlags::OUT)];
    match poll(&mut watched, (!waits).then_some(&NOW)) {
        Ok(0) | Err(Errno::INTR) => Room::None,
        Ok(_) if watched[0].revents().contains(PollFlags::ERR) => Room::NeverMore,
        _ => Room::Some,
    }
}

/// The beginning of the text that is said at once: whole lines, if one fits.
fn piece(text: &[u8]) -> &[u8] {
    let most = &text[..text.len().min(PIECE)];
    let end = most.iter().rposition(|byte| *byte == b'\n');
    end.map_or(most, |end| &text[..=end])
}
