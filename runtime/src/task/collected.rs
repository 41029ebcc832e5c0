//! How the tasks of a program become known: each enters itself before `main`.
//!
//! The loader calls what lies in a section of its own before the program begins; `__register!` puts a function there for
//! each task. That is what the crate `inventory` does, with the same sections. Here the code that is written into the
//! user's crate has no `unsafe` block: a task may lie in a method, and clippy looks for such blocks in the methods of types that
//! derive `Deserialize`.

use std::{
    iter,
    sync::{Mutex, OnceLock, PoisonError},
};

use super::entry::Entry;

/// A task on its way into the registry.
#[derive(Debug)]
pub struct Registered {
    entry: &'static Entry,
    /// The one that entered before.
    next: OnceLock<Option<&'static Registered>>,
}

/// The one that entered last. Nothing is allocated before `main`.
static NEWEST: Mutex<Option<&'static Registered>> = Mutex::new(None);

impl Registered {
    /// For the code that `#[task]` writes.
    #[must_use]
    pub const fn new(entry: &'static Entry) -> Self {
        let next = OnceLock::new();
        Self { entry, next }
    }

    /// Called by the loader, once.
    pub fn enter(&'static self) {
        let mut newest = NEWEST.lock().unwrap_or_else(PoisonError::into_inner);
        if self.next.set(*newest).is_ok() {
            *newest = Some(self);
        }
    }
}

/// All that have entered.
pub(crate) fn entries() -> impl Iterator<Item = &'static Entry> {
    let newest = *NEWEST.lock().unwrap_or_else(PoisonError::into_inner);
    let all = iter::successors(newest, |one| one.next.get().copied().flatten());
    all.map(|one| one.entry)
}
