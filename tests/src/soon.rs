//! Waits that give up loudly.

use std::sync::mpsc::Receiver;

use concurrent_futures::{Future, SharedFuture, TaskError};

use crate::DEADLINE;

/// The waits of a future, each with [`DEADLINE`].
pub trait Soon<T> {
    /// The outcome by value.
    ///
    /// # Errors
    ///
    /// The call's own.
    ///
    /// # Panics
    ///
    /// If there is none when [`DEADLINE`] has passed.
    fn soon(self) -> Result<T, TaskError>;

    /// The outcome, lent.
    ///
    /// # Errors
    ///
    /// The call's own.
    ///
    /// # Panics
    ///
    /// If there is none when [`DEADLINE`] has passed.
    fn get_soon(&self) -> Result<&T, TaskError>;
}

impl<T> Soon<T> for Future<T> {
    #[track_caller]
    fn soon(self) -> Result<T, TaskError> {
        let Ok(outcome) = self.result_timeout(DEADLINE) else {
            hangs()
        };
        outcome
    }

    #[track_caller]
    fn get_soon(&self) -> Result<&T, TaskError> {
        let Ok(outcome) = self.get_timeout(DEADLINE) else {
            hangs()
        };
        outcome
    }
}

impl<T: Clone> Soon<T> for SharedFuture<T> {
    #[track_caller]
    fn soon(self) -> Result<T, TaskError> {
        self.get_soon().cloned()
    }

    #[track_caller]
    fn get_soon(&self) -> Result<&T, TaskError> {
        let Ok(outcome) = self.get_timeout(DEADLINE) else {
            hangs()
        };
        outcome
    }
}

#[track_caller]
fn hangs() -> ! {
    panic!("no outcome after {DEADLINE:?}")
}

/// The next message of a channel.
///
/// # Panics
///
/// If none comes within [`DEADLINE`], or none can come any more.
#[track_caller]
pub fn receive<T>(rx: &Receiver<T>) -> T {
    match rx.recv_timeout(DEADLINE) {
        Ok(message) => message,
        Err(error) => panic!("no message: {error}"),
    }
}
