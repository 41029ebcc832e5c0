//! The ways in which a process may end in the middle of a call.

use std::{hint::black_box, process, ptr};

use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};

/// A way to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Death {
    /// By a signal that nothing withstands.
    Kill,
    /// By a write to where no memory is.
    Segfault,
    /// By `abort`.
    Abort,
    /// By `exit`, with this code.
    Exit(i32),
    /// By a call of itself too many.
    Overflow,
}

impl Death {
    /// Ends this process so.
    pub fn now(self) -> ! {
        match self {
            Self::Kill => kill_oneself(),
            Self::Segfault => write_to_nowhere(),
            Self::Abort => {}
            Self::Exit(code) => process::exit(code),
            Self::Overflow => {
                descend(0);
            }
        }
        process::abort()
    }

    /// The exit code that the system tells of it.
    #[must_use]
    pub fn exit_code(self) -> Option<i32> {
        match self {
            Self::Exit(code) => Some(code),
            _ => None,
        }
    }

    /// The signal that the system tells of it.
    #[must_use]
    pub fn signal(self) -> Option<i32> {
        match self {
            Self::Kill => Some(libc::SIGKILL),
            Self::Segfault => Some(libc::SIGSEGV),
            Self::Abort | Self::Overflow => Some(libc::SIGABRT),
            Self::Exit(_) => None,
        }
    }
}

fn kill_oneself() {
    // That the signal has been sent is all that is known here.
    let _ = kill_process(getpid(), Signal::KILL);
    loop {
        std::thread::park();
    }
}

#[expect(unsafe_code, reason = "a crash is what is asked for")]
fn write_to_nowhere() {
    // Not the null pointer itself, which a debug build looks out for: a neighbour on its page.
    let nowhere = black_box(ptr::without_provenance_mut::<u8>(1));
    // SAFETY: none. The system ends the process for it, and nothing of it goes on.
    unsafe { nowhere.write_volatile(1) };
}

#[expect(unconditional_recursion, reason = "the stack is to overflow")]
fn descend(depth: u64) -> u64 {
    let taken = black_box([depth; 64]);
    descend(black_box(depth) + 1) + taken[1]
}
