//! What is known of a panic, and how it goes on.

use std::{
    any::Any,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{Reason, TaskError};

/// What is known of a panic.
pub(crate) struct Panic {
    /// The panic's message, or words that say that it had none.
    pub(crate) message: Box<str>,
    /// `file:line:column`, if our hook saw the panic.
    pub(crate) location: Option<Box<str>>,
    /// The stack as text, if our hook saw the panic and backtraces are on.
    pub(crate) backtrace: Option<Box<str>>,
    /// What was thrown, for whoever lets the panic go on first.
    pub(crate) payload: Mutex<Option<Box<dyn Any + Send>>>,
    /// Whether a caller was given the error. Written through any clone, read by the
    /// scope of the call.
    is_given: AtomicBool,
}

impl TaskError {
    /// The panic's message.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.panic().map(|panic| &*panic.message)
    }

    /// Where the task panicked, as `file:line:column`.
    ///
    /// Known if [`capture_panics`](crate::capture_panics) was called before.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.panic().and_then(|panic| panic.location.as_deref())
    }

    /// The stack of the task when it panicked.
    ///
    /// Known if [`capture_panics`](crate::capture_panics) was called before and
    /// backtraces are on (`RUST_BACKTRACE=1`).
    #[must_use]
    pub fn backtrace(&self) -> Option<&str> {
        self.panic().and_then(|panic| panic.backtrace.as_deref())
    }

    /// Lets the task's panic go on in this thread.
    ///
    /// The first of an error's clones throws what the task threw; the others
    /// throw its message.
    ///
    /// # Panics
    ///
    /// Always: with the task's panic, or with this error's text if it is no panic.
    pub fn resume(self) -> ! {
        let thrown = self.panic().and_then(|panic| panic.take_payload());
        match thrown {
            Some(payload) => std::panic::resume_unwind(payload),
            None => panic!(
                "{}",
                self.message()
                    .map_or_else(|| self.to_string(), str::to_owned)
            ),
        }
    }

    /// The task panicked, and this is what is known of it.
    pub(crate) fn from_panic(panic: Panic) -> Self {
        Self::from(Reason::Panicked(panic))
    }

    /// This error, given to a caller: its panic is theirs to deal with.
    pub(crate) fn given(self) -> Self {
        if let Some(panic) = self.panic() {
            // ORDERING: nothing is read on the strength of it.
            panic.is_given.store(true, Ordering::Relaxed);
        }
        self
    }

    /// Whether a caller was given the panic that this is, or a clone of it; true of what is
    /// no panic.
    pub(crate) fn is_given(&self) -> bool {
        self.panic()
            // ORDERING: as in `given`.
            .is_none_or(|panic| panic.is_given.load(Ordering::Relaxed))
    }

    fn panic(&self) -> Option<&Panic> {
        match &self.0.reason {
            Reason::Panicked(panic) => Some(panic),
            _ => None,
        }
    }
}

impl Panic {
    /// What can be read off the payload alone.
    pub(crate) fn new(payload: Box<dyn Any + Send>) -> Self {
        Self {
            message: message_of(&*payload).into(),
            location: None,
            backtrace: None,
            payload: Mutex::new(Some(payload)),
            is_given: AtomicBool::new(false),
        }
    }

    fn take_payload(&self) -> Option<Box<dyn Any + Send>> {
        self.payload
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .take()
    }
}

/// The text that `panic!` put into its payload.
pub(crate) fn message_of(payload: &dyn Any) -> &str {
    if let Some(text) = payload.downcast_ref::<&str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else {
        "a value that is no text was thrown"
    }
}
