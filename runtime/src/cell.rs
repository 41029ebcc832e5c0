//! The cell: the one allocation that a call's future and its job share.
//!
//! ```text
//!   Future    Canceller            Job | Promise
//!      \          \                 /
//!       `----------`---> cell <----'
//!                  state, watchers, call | outcome
//! ```
//!
//! - `state` has every move of the state word, a reference count included. `cell_ref` is the
//!   memory and the counted reference to it, `vtable` its type-erased operations, `extras` what
//!   only some calls need.
//! - `settle` leads from a claim to an outcome that every reader sees; `watchers` is the list of
//!   those it wakes, `waiting` is how a thread blocks until then.
//! - `caller_end` owns the outcome for the future. `encoded` is the worker's end of a call that has
//!   become bytes; `remote_cancel` asks the executor that has the bytes whether it can still be
//!   cancelled.
//! - `current` knows which call this thread runs; `stale_entries` tells queues of cancelled calls.
//!
//! Nothing here starts a thread for itself or knows how a call reaches its worker.

#[expect(unsafe_code, reason = "reads the state of the call this thread runs")]
pub(crate) mod current;
pub(crate) mod stale_entries;

#[expect(
    unsafe_code,
    reason = "takes and lends the outcome once the state allows"
)]
mod caller_end;
#[expect(unsafe_code, reason = "empties slots of cancelled calls")]
mod cancel;
#[expect(
    unsafe_code,
    reason = "one allocation a call, its slot lent by the state word"
)]
mod cell_ref;
#[expect(unsafe_code, reason = "drops an outcome that nobody wants")]
mod complete;
#[expect(unsafe_code, reason = "moves calls out as bytes, and their answers in")]
mod encoded;
mod extras;
mod header;
#[expect(unsafe_code, reason = "shares a box that is made late")]
mod lazy_box;
mod remote_cancel;
#[expect(unsafe_code, reason = "empties and fills slots as the state allows")]
mod settle;
mod snapshot;
mod state;
#[expect(unsafe_code, reason = "knows the types that lie in a slot")]
mod vtable;
mod waiting;
mod watchers;

pub(crate) use caller_end::CallerEnd;
pub(crate) use cell_ref::CellRef;
pub(crate) use extras::Clock;
pub(crate) use header::Outcome;
#[cfg(all(unix, feature = "processes"))]
pub(crate) use remote_cancel::RemoteCancel;
pub(crate) use settle::{WorkerHint, ignore_hint};
pub(crate) use waiting::Unsettled;
pub(crate) use watchers::{Signal, Token, Watcher};

pub use current::should_stop;
pub use encoded::RemoteCall;
pub use extras::{Placement, Times};
