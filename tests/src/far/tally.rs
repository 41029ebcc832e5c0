//! What calls leave for the test, wherever they run.

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

use super::file;
use crate::eventually;

/// Counts what happens, with a number for each. Clones, and what is read from their bytes, count
/// together.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "PathBuf", into = "PathBuf")]
pub struct FileTally(Arc<Notes>);

/// A file of numbers, one after the other.
#[derive(Debug)]
struct Notes {
    path: PathBuf,
    is_ours: bool,
}

const NOTE_LEN: usize = size_of::<u64>();

impl FileTally {
    /// A tally of nothing.
    ///
    /// # Panics
    ///
    /// If there is no file to be had.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Notes {
            path: file::create(),
            is_ours: true,
        }))
    }

    /// One more.
    pub fn add(&self) {
        self.note(0);
    }

    /// One more, with a number. When the test has let go of its tally, nothing is counted any more.
    ///
    /// # Panics
    ///
    /// If the number cannot be written.
    pub fn note(&self, number: u64) {
        file::append(&self.0.path, &number.to_le_bytes());
    }

    /// How many so far.
    ///
    /// # Panics
    ///
    /// If the test has let go of its tally.
    #[must_use]
    pub fn count(&self) -> usize {
        let len = file::len(&self.0.path).expect("the test keeps its tally");
        usize::try_from(len).expect("it is small") / NOTE_LEN
    }

    /// The numbers so far, in the order they were noted.
    ///
    /// # Panics
    ///
    /// If the test has let go of its tally.
    #[must_use]
    pub fn notes(&self) -> Vec<u64> {
        let bytes = file::read(&self.0.path).expect("the test keeps its tally");
        let (notes, _) = bytes.as_chunks();
        notes.iter().copied().map(u64::from_le_bytes).collect()
    }

    /// Waits until there are at least `count`.
    ///
    /// # Panics
    ///
    /// If that takes longer than [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn wait_for(&self, count: usize) {
        eventually("enough was counted", || self.count() >= count);
    }
}

impl Default for FileTally {
    fn default() -> Self {
        Self::new()
    }
}

impl From<PathBuf> for FileTally {
    fn from(path: PathBuf) -> Self {
        Self(Arc::new(Notes {
            path,
            is_ours: false,
        }))
    }
}

impl From<FileTally> for PathBuf {
    fn from(tally: FileTally) -> Self {
        tally.0.path.clone()
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        if self.is_ours {
            // What cannot be removed lies in a folder for what may be lost.
            let _ = file::remove(&self.path);
        }
    }
}
