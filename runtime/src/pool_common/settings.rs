//! The settings of a pool of this process.

use std::fmt;

use crate::{executor::SkipLog, unwind};

/// What a pool was built with; see `builder` for what each setting means.
pub(crate) struct Settings {
    pub(crate) workers: usize,
    pub(crate) name_prefix: String,
    pub(crate) stack_size: usize,
    pub(crate) bound: Option<usize>,
    pub(crate) record_times: bool,
    pub(crate) initializer: Option<ThreadInitializer>,
    /// What the pool has skipped of the options of calls, if it does that.
    pub(crate) skips: Option<SkipLog>,
}

/// The function that each worker runs before its first task. `None` only while it is dropped.
pub(crate) struct ThreadInitializer(Option<Body>);

type Body = Box<dyn Fn() -> Result<(), String> + Send + Sync>;

impl Drop for ThreadInitializer {
    fn drop(&mut self) {
        let body = self.0.take();
        unwind::contain("dropping an initializer", || drop(body));
    }
}

impl ThreadInitializer {
    /// An initializer that fails only by a panic.
    pub(crate) fn new(initializer: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(move || {
            initializer();
            Ok(())
        })))
    }

    /// An initializer that may return an error.
    pub(crate) fn fallible<F, E>(initializer: F) -> Self
    where
        F: Fn() -> Result<(), E> + Send + Sync + 'static,
        E: fmt::Display,
    {
        Self(Some(Box::new(move || {
            initializer().map_err(|error| format!("initializer failed: {error}"))
        })))
    }
}

impl Settings {
    /// The name of the worker thread with this number.
    pub(crate) fn thread_name(&self, number: usize) -> String {
        format!("{}_{number}", self.name_prefix)
    }

    /// Runs the initializer; the error says why it failed.
    pub(crate) fn initialize(&self) -> Result<(), String> {
        let Some(ThreadInitializer(Some(initializer))) = &self.initializer else {
            return Ok(());
        };
        unwind::catch(initializer).unwrap_or_else(|error| {
            let reason = format!(
                "initializer panicked: {}",
                error.message().unwrap_or_default()
            );
            unwind::discard(error);
            Err(reason)
        })
    }
}
