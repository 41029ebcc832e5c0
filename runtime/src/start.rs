//! The first thing a program does: it is prepared, or turns out to be a worker.

use crate::{exit::Guard, unwind};

/// Prepares the program: call it first in `main`, and keep what it returns.
///
/// `#[concurrent_futures::main]` does this for you. In a process that a [`ProcessPool`](crate::ProcessPool) has
/// started as its worker this does not return: it runs calls, and ends with the pool.
///
/// When the guard is dropped,
/// work that was left to itself (detached futures, pools that were shut down
/// without waiting, pools in statics) runs to its end. On the main thread all pools are closed then: a call that comes
/// later fails with [`is_rejected`](crate::TaskError::is_rejected), since it would end with the program. Panics of tasks tell
/// their place from here on, as after [`capture_panics`](crate::capture_panics).
///
/// A program that leaves by [`std::process::exit`] waits for nothing.
///
/// # With an async runtime
///
/// Call it before any runtime is entered: a worker runs its tasks on this very thread, and a task
/// that starts a runtime of its own panics inside another one. So put the attribute of the runtime
/// *above* ours:
///
/// ```text
/// #[tokio::main]
/// #[concurrent_futures::main]
/// async fn main() { .. }
/// ```
///
/// By hand, call `init` in an ordinary `main` and start the runtime after it. `#[tokio::main]`
/// alone, with `init` inside, enters the runtime first.
///
/// # Examples
///
/// ```
/// use concurrent_futures::ThreadPool;
///
/// fn main() {
///     let _guard = concurrent_futures::init();
///     let pool = ThreadPool::new();
///     pool.spawn(|| println!("still printed")).detach();
///     pool.shutdown_detached();
/// }
/// ```
#[must_use = "detached work is waited for when the guard is dropped; write `let _guard = init();`"]
pub fn init() -> Guard {
    unwind::capture_panics();
    #[cfg(all(unix, feature = "processes"))]
    crate::processes::become_worker_if_marked();
    Guard::new()
}
