//! What this thread is to executors: a worker, or the thread that runs a callback of their calls;
//! and how much stack it has left.
//!
//! A worker that waits for a call of its own executor runs that call in place (see
//! `cell::waiting`). This file says whether it may, and lends it a thread when its stack is too
//! short:
//!
//! ```text
//!   worker's stack   |#### task #### wait #### task #### wait |      free      |
//!                    ^ entered                          here ^     limit ^    end
//!
//!   here beyond the limit: the call runs on an extra thread, the waiter waits
//! ```
//!
//! The limit is half of the stack, so a call that runs in place has at least half of the stack that
//! it has on a fresh worker. An extra thread and its waiter are one logical thread: together they
//! do one thing at a time.

mod fresh_stack;
mod roles;
pub(crate) mod trampoline;

pub(crate) use fresh_stack::with_fresh_stack;
pub(crate) use roles::{
    WorkerContext, belongs_to, default_stack_size, enter, enter_blocking, enter_callback,
    logical_thread, serves, with_stack,
};

#[cfg(feature = "work-stealing")]
pub(crate) use roles::stack_address;
#[cfg(all(unix, feature = "processes"))]
pub(crate) use roles::{BlockObserver, enter_callback_with};

pub use roles::WorkerGuard;
