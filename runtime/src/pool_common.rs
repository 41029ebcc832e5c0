//! What the pools have in common, whatever wakes their workers.
//!
//! ```text
//!   ThreadPool          WorkStealingPool
//!       |                      |
//!       |   builder, settings  |         what the user asked for
//!       |   inbox              |         pending calls, and why no more are taken
//!       |   scope              |         closures that borrow
//!       |   lifecycle, docs    |         close, cancel, wait for all calls; docs written once
//!       `-- sleep_queue, join -'         threads that wait for workers to leave
//! ```
//!
//! A pool adds the threads, and what wakes one of them for a call. `lifecycle` is for pools whose
//! workers are processes as well.

pub(crate) mod builder;
pub(crate) mod docs;
pub(crate) mod inbox;
mod join;
pub(crate) mod lifecycle;
#[expect(
    unsafe_code,
    reason = "gives calls that borrow to a pool, and waits for them"
)]
mod scope;
pub(crate) mod settings;
pub(crate) mod sleep_queue;

pub(crate) use join::join_others;
pub use scope::Scope;
pub(crate) use scope::scope;
