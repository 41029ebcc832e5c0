//! Tasks of another crate than that which looks for them.

use concurrent_futures::{Remote, Task, remote::Entry, task};

/// Three times as much.
#[task]
pub fn triple(n: u64) -> u64 {
    n * 3
}

/// Bears a name of its own, which a program of another build would find.
#[task(name = "tests.shout")]
pub fn shout(text: &str) -> String {
    text.to_uppercase()
}

/// What the registry knows of a task.
pub fn entry_of<T: Remote>() -> &'static Entry {
    T::entry()
}

/// The name of a task.
#[must_use]
pub fn name_of<T: Task>() -> &'static str {
    T::name()
}
