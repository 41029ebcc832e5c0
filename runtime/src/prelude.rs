//! What most programs use: `use concurrent_futures::prelude::*;`.
//!
//! There is no `Future` here, which would hide the trait of that name.

pub use std::time::Duration;

#[cfg(all(unix, feature = "processes"))]
pub use crate::ProcessPool;
pub use crate::{
    Failure, Inline, MapOptions, Options, PortableError, ReturnWhen, Submit as _, Task, TaskError,
    ThreadPool, as_completed, should_stop, task, wait,
};
