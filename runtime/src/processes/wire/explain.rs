//! Panics of other libraries that a change in the user's `main` avoids.

use std::borrow::Cow;

/// The start of tokio's message when a task starts a runtime inside of another.
const NESTED_RUNTIME: &str = "Cannot start a runtime from within a runtime";

const WAY_OUT: &str = "; if `init` is called inside of a runtime, put `#[tokio::main]` above \
                       `#[concurrent_futures::main]`, or call `init` before the runtime starts";

/// The message of a panic in a worker, with the way out.
///
/// A worker runs its tasks on the thread that called `init`. If a runtime was entered there before,
/// each task is inside of it, and the message names something that the task has not done.
pub(crate) fn explain(message: &str) -> Cow<'_, str> {
    if message.starts_with(NESTED_RUNTIME) {
        format!("{message}{WAY_OUT}").into()
    } else {
        message.into()
    }
}
