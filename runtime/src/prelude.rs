//! The names that most programs use: `use concurrent_futures::prelude::*;`.
//!
//! `Future` is left out, since it would hide the trait of that name.

pub use std::time::Duration;

#[cfg(all(unix, feature = "processes"))]
pub use crate::ProcessPool;
#[cfg(feature = "work-stealing")]
pub use crate::WorkStealingPool;
pub use crate::{
    Failure, Inline, MapOptions, Options, Pool, PortableError, ReturnWhen, Submit as _, Task,
    TaskError, ThreadPool, as_completed, should_stop, task, wait,
};
