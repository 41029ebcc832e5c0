//! Whole pools in thousands of orders: submit, cancel, wait and shut down, as shuttle chooses who goes on.
//!
//! Run by `tests/run shuttle`. Shuttle tells of threads that wait for ever, and of threads
//! that are left when a model ends; the models themselves tell of wrong answers. Each is
//! written once, and runs on each pool.
//!
//! What shuttle cannot see: memory orderings (loom's models are for those), time (deadlines
//! pass when chance says so), and rayon, for which `work_stealing::rayon` has a stand-in.

mod calls;
mod ends;
#[cfg(feature = "work-stealing")]
mod joins;
mod kit;
mod limits;
mod threads_started;
