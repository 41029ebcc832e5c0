//! What most programs use: `use concurrent_futures::prelude::*;`.
//!
//! There is no `Future` here, which would hide the trait of that name. `Pool` hides nothing: it takes part in the line that
//! chooses an executor, and a `Pool` that a program defines or imports by name goes before it.

pub use std::time::Duration;

#[cfg(all(unix, feature = "processes"))]
pub use crate::ProcessPool;
#[cfg(feature = "work-stealing")]
pub use crate::WorkStealingPool;
pub use crate::{
    Failure, Inline, MapOptions, Options, Pool, PortableError, ReturnWhen, Submit as _, Task,
    TaskError, ThreadPool, as_completed, should_stop, task, wait,
};
