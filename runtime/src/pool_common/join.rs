//! Joins threads of a pool, from a thread that may be one of them.

use crate::sync::{JoinHandle, current_thread};

/// Waits until these threads have ended, except this one. True if there was another one.
///
/// The last owner of a pool may be one of its own threads: a worker, or even a thread-local of a
/// worker whose thread has ended but for its thread-locals.
pub(crate) fn join_others(threads: impl IntoIterator<Item = JoinHandle<()>>) -> bool {
    let mut joined = false;
    for thread in threads {
        if thread.thread().id() != current_thread().id() {
            joined = true;
            // The threads catch every panic of user code; a panic of ours is in the log.
            let _ = thread.join();
        }
    }
    joined
}
