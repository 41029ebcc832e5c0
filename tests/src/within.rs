//! Deadlines: for a whole body, for a fact to come true, and limits that are meant to pass.

use std::{
    panic::resume_unwind,
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use crate::DEADLINE;

/// Runs `body` on a thread of its own and hands on what it returns or panics with.
///
/// # Panics
///
/// If `body` panics, or has not ended when `limit` has passed; its thread is left behind then.
#[track_caller]
pub fn within<T: Send + 'static>(limit: Duration, body: impl FnOnce() -> T + Send + 'static) -> T {
    let (tx, rx) = channel();
    let name = thread::current().name().unwrap_or("body").to_owned();
    let running = thread::Builder::new()
        .name(name)
        .spawn(move || {
            // The receiver is gone if the body took too long.
            let _ = tx.send(body());
        })
        .expect("a thread for the body of a test");
    match rx.recv_timeout(limit) {
        Ok(value) => value,
        Err(RecvTimeoutError::Timeout) => panic!("it hangs: not over after {limit:?}"),
        Err(RecvTimeoutError::Disconnected) => match running.join() {
            Err(payload) => resume_unwind(payload),
            Ok(()) => unreachable!("a body that ended well has sent its value"),
        },
    }
}

/// Waits until `is_true`; `fact` says what that means.
///
/// # Panics
///
/// If that takes longer than [`DEADLINE`].
#[track_caller]
pub fn eventually(fact: &str, mut is_true: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_true() {
        assert!(
            Instant::now() < deadline,
            "still not so after {DEADLINE:?}: {fact}"
        );
        thread::yield_now();
    }
}

/// Lets the clock run on until `limit` has passed: for limits that nothing but time can reach.
pub fn let_pass(limit: Duration) {
    let deadline = Instant::now() + limit;
    while let Some(left) = deadline.checked_duration_since(Instant::now()) {
        if left.is_zero() {
            return;
        }
        thread::park_timeout(left);
    }
}
