//! What the system tells about the threads of this process; Linux alone does.

use std::{fs, path::PathBuf};

/// The names of this process's threads, as the system has them: cut to 15 bytes.
///
/// `None` where the system does not tell.
#[must_use]
pub fn thread_names() -> Option<Vec<String>> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    // A thread that ends meanwhile has no name to read any more.
    let name = |thread: fs::DirEntry| fs::read_to_string(thread.path().join("comm")).ok();
    Some(
        threads
            .flatten()
            .filter_map(name)
            .map(|name| name.trim_end().to_owned())
            .collect(),
    )
}

/// Where the system tells about this very thread.
pub(crate) fn current() -> Option<PathBuf> {
    Some(PathBuf::from("/proc").join(fs::read_link("/proc/thread-self").ok()?))
}

/// Whether a thread sleeps, waiting to be woken; taken for granted where the system does not tell.
pub(crate) fn sleeps(thread: &Option<PathBuf>) -> bool {
    let Some(thread) = thread else { return true };
    let Ok(stat) = fs::read_to_string(thread.join("stat")) else {
        return true;
    };
    // `id (name) state ...`: the name may hold anything, a parenthesis too.
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| rest.starts_with('S'))
}
