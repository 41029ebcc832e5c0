//! What a pool of this process was built with.

use std::fmt;

use crate::{executor::BuildError, unwind};

/// Below this the half that is left for calls in place would be gone at once.
const LEAST_STACK: usize = 64 << 10;

/// What a pool was built with.
pub(crate) struct Settings {
    pub(crate) workers: usize,
    pub(crate) name_prefix: String,
    pub(crate) stack_size: usize,
    pub(crate) bound: Option<usize>,
    pub(crate) record_times: bool,
    pub(crate) initializer: Option<ThreadInitializer>,
}

/// What is to run on each worker before any task, and may fail.
pub(crate) struct ThreadInitializer(Option<Body>);

type Body = Box<dyn Fn() -> Result<(), String> + Send + Sync>;

impl Drop for ThreadInitializer {
    fn drop(&mut self) {
        let body = self.0.take();
        unwind::contain("dropping an initializer", || drop(body));
    }
}

impl ThreadInitializer {
    /// One that fails only by a panic.
    pub(crate) fn new(initializer: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(move || {
            initializer();
            Ok(())
        })))
    }

    /// One that may return an error.
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
    /// Whether a pool of at most so many workers can be like this.
    pub(crate) fn check(&self, most: usize) -> Result<(), BuildError> {
        BuildError::check(self.workers, most, self.bound)?;
        if self.name_prefix.contains('\0') {
            return Err(BuildError::NulInName);
        }
        Ok(())
    }

    /// The name of a worker.
    pub(crate) fn thread_name(&self, number: usize) -> String {
        format!("{}_{number}", self.name_prefix)
    }

    /// Runs the initializer; why it failed, if it did.
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

/// The stack of a worker that was asked to have so many bytes.
pub(crate) fn stack_size(bytes: usize) -> usize {
    bytes.max(LEAST_STACK)
}
