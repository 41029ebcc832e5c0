//! The names that most programs use: `use concurrent_futures::prelude::*;`.
//!
//! `Future` is left out, since it would hide the trait of that name.

pub use std::time::Duration;

pub use crate::{
    Failure, Inline, MapOptions, Options, Pool, PortableError, ProcessPool, ReturnWhen,
    Submit as _, Task, TaskError, ThreadPool, WorkStealingPool, as_completed, should_stop, task,
    wait,
};
