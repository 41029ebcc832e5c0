//! One result, watched from both ends.
//!
//! The caller holds a [`Future`]; the other end is the job of an executor, or a [`Promise`]. Both
//! refer to one cell (see `cell`), which is all that they share. Nothing here starts a thread for
//! itself or knows how a call reaches its worker.

// First, so that the docs of a future begin with its `result`.
mod handle;

mod asking;
mod awaiting;
#[expect(unsafe_code, reason = "lets calls borrow, on the word of their scope")]
mod borrowing;
mod cancel_on_drop;
mod canceller;
mod debug;
#[cfg(all(loom, test))]
mod loom_encoded;
#[cfg(all(loom, test))]
#[expect(unsafe_code, reason = "plays the worker")]
mod loom_models;
#[cfg(all(loom, test))]
#[expect(unsafe_code, reason = "plays a scope, whose calls borrow")]
mod loom_scopes;
mod not_done;
#[expect(unsafe_code, reason = "fills the slot of a call it claimed")]
mod promise;
mod shared;

pub(crate) use borrowing::pair_borrowing;
pub(crate) use handle::{pair, pair_remote};

pub use awaiting::{AwaitRef, AwaitShared};
pub use cancel_on_drop::CancelOnDrop;
pub use canceller::Canceller;
pub use handle::Future;
pub use not_done::{NotDone, TimedOut};
pub use promise::Promise;
pub use shared::SharedFuture;
