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
//!
//! **Why not `stacker`**, which switches a thread to a fresh stack: a trial passed the tests of
//! nested waits with 94 lines of code less. It needs no logical threads, and rayon still knows its
//! worker. A call on a short stack took 16 µs in place of 76, one on a long stack 354 ns in place
//! of 186 (two cores, 2026-12-01, medians of three, while other programs ran). But:
//!
//! - A user's lock file has 42 packages in place of 33, and each build needs a C compiler for the
//!   target, because `psm` is assembly.
//! - If the system refuses memory, `stacker` panics, which ends a program with `panic = "abort"`.
//!   Here the call runs in place, or fails.
//! - Where it does not know the stack, as on Android, each nested wait would take a fresh one.
//! - It takes the stack of a coroutine for that of the thread. The codec checks that, so it would
//!   keep its own measure. And the codec and `trampoline` would have to be told of each switch.

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
