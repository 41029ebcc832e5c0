//! The files that a test shares with its calls.
//!
//! A file that was removed is no mistake: its test has ended, or let go of it.

use std::{
    env,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{DEADLINE, within};

/// A lock on a file, of this process; it ends with the process at the latest.
#[derive(Debug)]
pub(super) struct Lock(File);

/// Makes an empty file of its own; where it is.
pub(super) fn create() -> PathBuf {
    made().1
}

/// The same, locked.
pub(super) fn create_locked() -> (Lock, PathBuf) {
    let (file, path) = made();
    file.lock().expect("nobody else has it yet");
    (Lock(file), path)
}

fn made() -> (File, PathBuf) {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("far-{}-{number}", process::id()));
        match File::create_new(&path) {
            Ok(file) => return (file, path),
            // Left by a test that died, whose process had our id.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => panic!("no file for a test: {error}"),
        }
    }
}

/// Appends bytes in one step, also while others append; says whether the file is there still.
pub(super) fn append(path: &Path, bytes: &[u8]) -> bool {
    let Some(mut file) = opened(path) else {
        return false;
    };
    let written = file.write(bytes);
    assert_eq!(written.ok(), Some(bytes.len()), "there is room for them");
    true
}

/// Waits as long as another process, or another thread, has the file locked.
pub(super) fn wait_while_locked(path: &Path) {
    let Some(file) = opened(path) else { return };
    if file.try_lock_shared().is_err() {
        within(DEADLINE, move || file.lock_shared()).expect("files can be locked");
    }
}

fn opened(path: &Path) -> Option<File> {
    match OpenOptions::new().read(true).append(true).open(path) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("a file of a test cannot be opened: {error}"),
    }
}

/// How many bytes were appended so far.
pub(super) fn len(path: &Path) -> io::Result<u64> {
    Ok(fs::metadata(path)?.len())
}

/// What was appended so far.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

impl Lock {
    /// Ends it by hand: a process that was being started just now may have a copy of the file for a
    /// moment.
    pub(super) fn unlock(&self) -> io::Result<()> {
        self.0.unlock()
    }
}
