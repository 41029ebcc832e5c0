//! Threads that are known to wait.

use std::{
    panic::resume_unwind,
    sync::mpsc::channel,
    thread::{self, JoinHandle},
};

use crate::{A_WHILE, eventually, let_pass, receive, threads};

/// A thread that waits for something; made by [`blocked`].
#[derive(Debug)]
pub struct Blocked<T>(JoinHandle<T>);

/// Runs `body` on a thread of its own, and returns once that thread sleeps because it waits for
/// something.
///
/// Where the system does not tell which threads sleep, it returns as soon as the thread runs.
#[track_caller]
pub fn blocked<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> Blocked<T> {
    let (tx, rx) = channel();
    let running = thread::spawn(move || {
        tx.send(threads::current())
            .expect("the test waits for the thread");
        body()
    });
    let thread = receive(&rx);
    if cfg!(miri) {
        // It does not tell either, but its clock counts the steps of all threads.
        let_pass(10 * A_WHILE);
    }
    eventually("the thread waits", || {
        running.is_finished() || threads::sleeps(&thread)
    });
    Blocked(running)
}

impl<T> Blocked<T> {
    /// What the thread returns, once something woke it.
    ///
    /// # Panics
    ///
    /// If nothing wakes it within the deadline, or it panicked.
    #[track_caller]
    pub fn woken(self) -> T {
        eventually("the blocked thread woke", || self.0.is_finished());
        self.0
            .join()
            .unwrap_or_else(|payload| resume_unwind(payload))
    }

    /// Whether the thread still waits.
    #[must_use]
    pub fn still_waits(&self) -> bool {
        !self.0.is_finished()
    }
}
