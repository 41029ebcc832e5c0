//! Models of whole pools in thousands of orders: submit, cancel, wait and shut down, as shuttle
//! schedules the threads.
//!
//! Run by `tests/run shuttle`. Shuttle reports threads that wait for ever and threads that are left
//! when a model ends; the models themselves check the answers. Each is written once, and runs on
//! each pool.
//!
//! What shuttle cannot see: memory orderings (loom's models are for those), time (deadlines pass at
//! random), and rayon, for which `work_stealing::rayon` has a stand-in.

mod calls;
mod ends;
#[cfg(feature = "work-stealing")]
mod joins;
mod kit;
mod limits;
mod threads_started;
