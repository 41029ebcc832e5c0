//! For those who write executors whose workers are other processes.
//!
//! ```text
//!   caller's process                              worker's process
//!
//!   job.entry().key(), job.encode(&mut parts) --> find(&key)?.run(&part)
//!   sent.finish(answers) <----------------------- bytes of the result
//! ```
//!
//! An executor that states [`Anywhere`](crate::Anywhere) as its reach is given jobs that
//! can become bytes; [`Job::encode`](crate::Job::encode) has an example. How the bytes get there and
//! back is the executor's own business.
//!
//! The worker is the same program, so that it has the same tasks; a worker of another build
//! finds tasks that were given a `name`, as long as their signatures are the same.

pub use crate::{
    executor::Sent,
    portable::{Part, Parts},
    task::{
        Entry,
        registry::{Place, RegistryError, TaskKey, find, tasks},
    },
};
