//! What stands in for files under Miri, which has no locks of files: all calls run in this process
//! there.

use std::{
    collections::HashMap,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{Condvar, Mutex, MutexGuard},
};

use crate::DEADLINE;

/// The bytes of a file, and whether it is locked.
#[derive(Debug, Default)]
struct Entry {
    bytes: Vec<u8>,
    is_locked: bool,
}

#[derive(Debug, Default)]
struct Files {
    entries: HashMap<PathBuf, Entry>,
    made: u64,
}

static FILES: Mutex<Option<Files>> = Mutex::new(None);
static UNLOCKED: Condvar = Condvar::new();

/// A lock on a file.
#[derive(Debug)]
pub(super) struct Lock(PathBuf);

/// Makes an empty file of its own; where it is.
pub(super) fn create() -> PathBuf {
    make(false)
}

/// The same, locked.
pub(super) fn create_locked() -> (Lock, PathBuf) {
    let path = make(true);
    (Lock(path.clone()), path)
}

fn make(is_locked: bool) -> PathBuf {
    let mut files = locked();
    let files = files.get_or_insert_default();
    files.made += 1;
    let path = PathBuf::from(format!("far-{}", files.made));
    let bytes = Vec::new();
    files
        .entries
        .insert(path.clone(), Entry { bytes, is_locked });
    path
}

/// Appends bytes; says whether the file is there still.
pub(super) fn append(path: &Path, bytes: &[u8]) -> bool {
    with(path, |file| file.bytes.extend(bytes)).is_ok()
}

/// Waits as long as the file is locked.
pub(super) fn wait_while_locked(path: &Path) {
    let is_locked = |files: &mut Option<Files>| {
        let entry = files.as_ref().and_then(|files| files.entries.get(path));
        entry.is_some_and(|file| file.is_locked)
    };
    let waited = UNLOCKED.wait_timeout_while(locked(), DEADLINE, is_locked);
    let timed_out = waited.expect("nothing panics under the lock").1.timed_out();
    assert!(!timed_out, "it hangs: not over after {DEADLINE:?}");
}

/// How many bytes were appended so far.
pub(super) fn len(path: &Path) -> io::Result<u64> {
    with(path, |file| file.bytes.len() as u64)
}

/// What was appended so far.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    with(path, |file| file.bytes.clone())
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    let mut files = locked();
    let removed = files.get_or_insert_default().entries.remove(path);
    UNLOCKED.notify_all();
    removed.map(drop).ok_or(ErrorKind::NotFound.into())
}

impl Lock {
    pub(super) fn unlock(&self) -> io::Result<()> {
        with(&self.0, |file| file.is_locked = false)?;
        UNLOCKED.notify_all();
        Ok(())
    }
}

fn with<T>(path: &Path, what: impl FnOnce(&mut Entry) -> T) -> io::Result<T> {
    let mut files = locked();
    let entry = files.get_or_insert_default().entries.get_mut(path);
    entry.map(what).ok_or(ErrorKind::NotFound.into())
}

fn locked() -> MutexGuard<'static, Option<Files>> {
    FILES.lock().expect("nothing panics under the lock")
}
