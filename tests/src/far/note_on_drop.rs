//! A result that tells when it is gone.

use std::process;

use serde::{Deserialize, Serialize};

use super::FileTally;

/// Counts in its tally when it is dropped where the test is; a copy that a worker elsewhere turned
/// into bytes does not.
#[derive(Debug, Serialize, Deserialize)]
pub struct NoteOnDrop {
    tally: FileTally,
    home: u32,
}

impl NoteOnDrop {
    /// What a call returns that was given a tally, and the id of the test's process.
    #[must_use]
    pub fn new(tally: &FileTally, home: u32) -> Self {
        Self {
            tally: tally.clone(),
            home,
        }
    }
}

impl Drop for NoteOnDrop {
    fn drop(&mut self) {
        if process::id() == self.home {
            self.tally.add();
        }
    }
}
