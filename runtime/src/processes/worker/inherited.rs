//! What a worker inherits from the program that started it, and must not keep: signal dispositions
//! and the terminal.
//!
//! ```text
//!   exec hands on                a worker has
//!
//!   blocked signals              none
//!   ignored signals              none, but SIGPIPE, as Rust programs have it
//!   session with a terminal      a session of its own, without one
//!   session without a terminal   that session
//!   group of processes           its own, from its start: Ctrl-C reaches the program alone
//! ```
//!
//! A new session that is not needed would add a tenth to the start of a worker: the kernel
//! schedules each session as a group of its own, and niceness has no effect outside of its group.
//!
//! All else that exec hands on stays; `docs/workers.md` lists it. This runs first in a worker,
//! before any code of the user and before there are other threads.

use std::{mem::MaybeUninit, ptr};

use rustix::{io::Errno, process};

use crate::processes::os::sys;

/// Gives this process, a worker, the signals of a fresh program, and no terminal.
pub(crate) fn reset(parent: u32) {
    let is_free = !has_terminal() || leave_session(parent);
    for signal in signals().filter(|signal| is_ignored(*signal)) {
        set(signal, libc::SIG_DFL);
    }
    if !is_free {
        // In the background of a terminal these would stop it, and the parent would not know.
        set(libc::SIGTTOU, libc::SIG_IGN);
        set(libc::SIGTTIN, libc::SIG_IGN);
    }
    unblock_all();
}

/// Whether there is a terminal that could stop this process.
fn has_terminal() -> bool {
    use rustix::fs::{Mode, OFlags, open};

    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    // Any other error may hide one.
    !matches!(open("/dev/tty", flags, Mode::empty()), Err(Errno::NXIO))
}

/// Makes a session of this process alone. It starts as the leader of a group, and the system makes
/// no session of a leader: so it joins its parent's group for a moment, and ignores the signals of
/// the terminal meanwhile.
fn leave_session(parent: u32) -> bool {
    const TERMINAL: [libc::c_int; 4] = [libc::SIGINT, libc::SIGQUIT, libc::SIGTSTP, libc::SIGHUP];

    for signal in TERMINAL {
        set(signal, libc::SIG_IGN);
    }
    let parent = i32::try_from(parent).ok().and_then(process::Pid::from_raw);
    let group = parent.and_then(|parent| sys::group_of(Some(parent)));
    let has_session = group.is_some_and(|group| {
        process::setpgid(None, Some(group)).is_ok() && process::setsid().is_ok()
    });
    if !has_session {
        // What it has started ends with its group.
        let _ = process::setpgid(None, None);
    }
    has_session
}

/// The signals whose disposition a program may change. The system refuses the others.
fn signals() -> impl Iterator<Item = libc::c_int> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let last = libc::SIGRTMAX();
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let last = 31;
    // Rust's runtime has set SIGPIPE as it wants it.
    (1..=last).filter(|signal| *signal != libc::SIGPIPE)
}

fn is_ignored(signal: libc::c_int) -> bool {
    let mut found = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: changes nothing, and writes to a place of the right size.
    let asked = unsafe { libc::sigaction(signal, ptr::null(), found.as_mut_ptr()) };
    if asked != 0 {
        return false;
    }
    // SAFETY: the call has succeeded, so it was filled in.
    let found = unsafe { found.assume_init() };
    found.sa_sigaction == libc::SIG_IGN
}

/// Ignores a signal, or sets its default action.
fn set(signal: libc::c_int, how: libc::sighandler_t) {
    // SAFETY: installs no handler that would run; a number that is no signal is refused.
    unsafe { libc::signal(signal, how) };
}

fn unblock_all() {
    let mut none = MaybeUninit::uninit();
    // SAFETY: it fills in the set that it is lent, and cannot fail.
    unsafe { libc::sigemptyset(none.as_mut_ptr()) };
    // SAFETY: the set was filled in. Only the mask of this thread changes, the first of a worker.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, none.as_ptr(), ptr::null_mut()) };
}
