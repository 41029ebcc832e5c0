//! Where tests reach into a worker: moments of a call's life, at which they may end or stop it.
//!
//! Only this project's tests ask for the feature `test-hooks`; a build without it has the no-ops of
//! `absent`, and no such module in its public surface.

#[cfg(not(feature = "test-hooks"))]
mod absent;
#[cfg(all(feature = "test-hooks", unix, feature = "processes"))]
mod corrupt;
#[cfg(feature = "test-hooks")]
mod watched;

#[cfg(not(feature = "test-hooks"))]
use absent as chosen;
#[cfg(feature = "test-hooks")]
use watched as chosen;

#[cfg(all(unix, feature = "processes"))]
pub(crate) use chosen::is_watched;
pub(crate) use chosen::reach;
#[cfg(all(feature = "test-hooks", unix, feature = "processes"))]
pub(crate) use corrupt::{Shared, lend};
#[cfg(all(feature = "test-hooks", unix, feature = "processes"))]
pub use corrupt::{put, scribble, send, set_word, word};
#[cfg(feature = "test-hooks")]
pub use watched::watch;

/// A moment in the life of a call, on its worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "test-hooks"),
    expect(unreachable_pub, reason = "tests reach it with the feature")
)]
#[cfg_attr(
    not(any(feature = "test-hooks", all(unix, feature = "processes"))),
    expect(dead_code, reason = "moments of a worker process")
)]
pub enum Moment {
    /// Its bytes come, and are too many for the worker's buffer.
    TakingOver,
    /// Its bytes were read.
    Read,
    /// It was claimed.
    Claimed,
    /// Its arguments were decoded.
    Decoded,
    /// The task has returned.
    Ran,
    /// Half of its answer has left.
    HalfAnswered,
    /// Its answer has left.
    Answered,
    /// Its claim is over.
    Finished,
}
