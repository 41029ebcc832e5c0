//! What holds calls up, wherever they run.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

use super::file;
use crate::{DEADLINE, eventually, within};

/// Shut until opened; whoever comes to it waits. Clones, and what is read from their bytes, are one gate.
///
/// It is a file with a byte for each that has come, locked by the test as long as it is shut.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Gate(PathBuf);

/// Opens its gate when dropped, for good.
#[derive(Debug)]
pub struct OpenOnDrop {
    locked: File,
    path: PathBuf,
}

impl Gate {
    /// A gate that is shut, and what opens it.
    ///
    /// # Panics
    ///
    /// If there is no file to be had.
    #[must_use]
    pub fn shut() -> (Self, OpenOnDrop) {
        let (locked, path) = file::create();
        locked.lock().expect("nobody else has it yet");
        (Self(path.clone()), OpenOnDrop { locked, path })
    }

    /// Comes to the gate, and waits until it is open.
    ///
    /// # Panics
    ///
    /// If that takes longer than [`DEADLINE`].
    pub fn pass(&self) {
        let mut file = match OpenOptions::new().read(true).append(true).open(&self.0) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return, // It was opened before.
            Err(error) => panic!("a gate cannot be passed: {error}"),
        };
        file.write_all(b".").expect("there is room for a byte");
        if file.try_lock_shared().is_err() {
            within(DEADLINE, move || file.lock_shared()).expect("files can be locked");
        }
    }

    /// Waits until so many have come to the gate, which is shut still.
    ///
    /// # Panics
    ///
    /// If that takes longer than [`DEADLINE`].
    #[track_caller]
    pub fn reached_by(&self, count: u64) {
        let come = || fs::metadata(&self.0).map(|file| file.len());
        eventually("calls came to the gate", || {
            come().expect("the gate is shut") >= count
        });
    }
}

impl Drop for OpenOnDrop {
    fn drop(&mut self) {
        // Unlocked by hand: a process that was being started just now may have a copy of the file for a moment.
        let opened = self.locked.unlock();
        let removed = fs::remove_file(&self.path);
        debug_assert!(opened.is_ok() && removed.is_ok(), "nobody else opens it");
    }
}

#[test]
fn a_gate_that_was_opened_is_passed() {
    let (gate, go) = Gate::shut();

    drop(go);

    gate.pass();
}

#[test]
fn whoever_has_come_to_a_gate_goes_on_when_it_opens() {
    let (gate, go) = Gate::shut();
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
