//! What holds calls up, wherever they run.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::file;
use crate::eventually;

/// Shut until opened; a call that reaches it waits. Clones, and what is read from their bytes, are
/// one gate.
///
/// It is a file with a byte for each that has come, locked by the test as long as it is shut.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileGate(PathBuf);

/// Opens its gate when dropped, for good.
#[derive(Debug)]
pub struct UnlockOnDrop {
    locked: file::Lock,
    path: PathBuf,
}

impl FileGate {
    /// A gate that is shut, and what opens it.
    ///
    /// # Panics
    ///
    /// If there is no file to be had.
    #[must_use]
    pub fn shut() -> (Self, UnlockOnDrop) {
        let (locked, path) = file::create_locked();
        (Self(path.clone()), UnlockOnDrop { locked, path })
    }

    /// Comes to the gate, and waits until it is open.
    ///
    /// # Panics
    ///
    /// If that takes longer than [`DEADLINE`](crate::DEADLINE).
    pub fn pass(&self) {
        // A gate that was opened before is gone.
        if file::append(&self.0, b".") {
            file::wait_while_locked(&self.0);
        }
    }

    /// Waits until `count` calls have reached the gate, which is shut still.
    ///
    /// # Panics
    ///
    /// If that takes longer than [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn reached_by(&self, count: u64) {
        let come = || file::len(&self.0);
        eventually("calls came to the gate", || {
            come().expect("the gate is shut") >= count
        });
    }
}

impl Drop for UnlockOnDrop {
    fn drop(&mut self) {
        let opened = self.locked.unlock();
        let removed = file::remove(&self.path);
        debug_assert!(opened.is_ok() && removed.is_ok(), "nobody else opens it");
    }
}

#[test]
fn a_gate_that_was_opened_is_passed() {
    let (gate, go) = FileGate::shut();

    drop(go);

    gate.pass();
}

#[test]
fn whoever_has_come_to_a_gate_goes_on_when_it_opens() {
    let (gate, go) = FileGate::shut();
    let waiting = crate::blocked({
        let gate = gate.clone();
        move || gate.pass()
    });
    gate.reached_by(1);

    let waits = waiting.still_waits();
    drop(go);

    assert!(waits);
    waiting.woken();
}
