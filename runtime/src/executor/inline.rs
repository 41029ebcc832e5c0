//! The executor without workers: a call runs at once, on the thread of its caller.

use super::{Executor, Here, Job};

/// Runs each call at once, on the thread that submits it; for tests and debugging.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{Inline, prelude::*};
///
/// #[task]
/// fn twice(n: u32) -> u32 { n * 2 }
///
/// let future = twice::submit(&Inline, 4);
/// assert!(future.done());
/// assert_eq!(future.result()?, 8);
/// assert_eq!(Inline.spawn(|| 6 * 7).result()?, 42);
/// # Ok::<(), TaskError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inline;

impl Executor for Inline {
    type Reach = Here;

    fn execute(&self, job: Job) {
        job.run();
    }
}
