//! What the system tells about the threads of this process; Linux alone does.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// The names of this process's threads, as the system has them: cut to 15 bytes.
///
/// `None` where the system does not tell.
#[must_use]
pub fn thread_names() -> Option<Vec<String>> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    Some(
        threads
            .flatten()
            .filter_map(|thread| name_of(&thread.path()))
            .collect(),
    )
}

/// A thread that ends meanwhile has no name to read any more.
fn name_of(thread: &Path) -> Option<String> {
    let name = fs::read_to_string(thread.join("comm")).ok()?;
    Some(name.trim_end().to_owned())
}

/// How long those threads of this process have been on a CPU whose names begin so.
///
/// `None` where the system does not tell.
#[must_use]
pub fn time_on_cpu(name: &str) -> Option<Duration> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    let ours = threads
        .flatten()
        .map(|thread| thread.path())
        .filter(|thread| name_of(thread).is_some_and(|seen| seen.starts_with(name)));
    // Nanoseconds on a CPU, nanoseconds in its queue, time slices.
    let on_cpu = |thread: PathBuf| {
        let stat = fs::read_to_string(thread.join("schedstat")).ok()?;
        stat.split(' ').next()?.parse().ok()
    };
    Some(ours.filter_map(on_cpu).map(Duration::from_nanos).sum())
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
