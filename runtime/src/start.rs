//! The first step of a program: preparing it, or becoming a worker.

use crate::{exit::Guard, unwind};

/// Initializes the library: call it first in `main`, and keep the guard that it returns.
///
/// `#[concurrent_futures::main]` does this for you. In a worker process of a
/// [`ProcessPool`](crate::ProcessPool) this never returns: it runs calls, and exits with the pool.
///
/// When the guard is dropped, it waits for detached work: detached futures, pools that were shut
/// down without waiting, pools in statics. On the main thread it then closes all pools: a later
/// call fails with [`is_rejected`](crate::TaskError::is_rejected), since it would be cut off when
/// the process exits. From here on errors tell where a task panicked, as after
/// [`capture_panics`](crate::capture_panics).
///
/// A program that calls [`std::process::exit`] does not wait.
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
#[doc(alias = "freeze_support")]
#[must_use = "detached work is waited for when the guard is dropped; write `let _guard = init();`"]
pub fn init() -> Guard {
    unwind::capture_panics();
    #[cfg(all(unix, feature = "processes"))]
    crate::processes::become_worker_if_marked();
    Guard::new()
}
