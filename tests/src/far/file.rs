//! The files that a test shares with its calls.

use std::{
    env,
    fs::File,
    io::ErrorKind,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU64, Ordering},
};

/// An empty file that nobody else has, and where it is.
pub(super) fn create() -> (File, PathBuf) {
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
