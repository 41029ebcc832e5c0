//! A linked list of the tasks of a program; each task adds itself before `main`.
//!
//! The loader calls the functions of one section (`.init_array` on Linux) before the program
//! begins; `__register!` puts a function there for each task. The crate `inventory` does the
//! same, with the same sections. Here the code that is written into the user's crate has no
//! `unsafe` block: a task may lie in a method, and clippy warns of such blocks in the methods
//! of types that derive `Deserialize`.

use std::{
    iter,
    sync::{Mutex, OnceLock, PoisonError},
};

use super::entry::Entry;

/// A node of the list: one task.
#[derive(Debug)]
pub struct Registered {
    entry: &'static Entry,
    /// The node that was added before this one.
    next: OnceLock<Option<&'static Registered>>,
}

/// The node that was added last. Nothing is allocated before `main`.
static NEWEST: Mutex<Option<&'static Registered>> = Mutex::new(None);

impl Registered {
    /// Makes a node that is not in the list; for the code that `#[task]` writes.
    #[must_use]
    pub const fn new(entry: &'static Entry) -> Self {
        let next = OnceLock::new();
        Self { entry, next }
    }

    /// Adds the node to the list; the loader calls this once.
    pub fn enter(&'static self) {
        let mut newest = NEWEST.lock().unwrap_or_else(PoisonError::into_inner);
        if self.next.set(*newest).is_ok() {
            *newest = Some(self);
        }
    }
}

/// The entries of all nodes.
pub(crate) fn entries() -> impl Iterator<Item = &'static Entry> {
    let newest = *NEWEST.lock().unwrap_or_else(PoisonError::into_inner);
    let all = iter::successors(newest, |one| one.next.get().copied().flatten());
    all.map(|one| one.entry)
}
