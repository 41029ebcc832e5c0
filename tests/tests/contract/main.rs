//! The contract: what every executor promises, written once and run on each.
//!
//! ```text
//!   tests/contract.tsv      line of the contract -> fact -> executors
//!           |
//!   executors.rs            lists of facts, by what they ask of an executor
//!           |
//!   mod inline, mod threads the lists that fit an executor
//!           |
//!   future/, wait/, ..      the facts, by chapter: functions over a `Fixture`
//! ```
//!
//! A fact that no executor has a part in (promises, sizes, texts) is a plain test
//! in the module of its topic.

#[macro_use]
mod executors;

mod bytes;
mod fixture;
mod future;
mod map;
mod pool;
mod scope;
mod stealing;
mod task;
mod tasks;
mod wait;

use std::time::Duration;

concurrent_futures::worker_test!();

/// How long a test may take: longer than any single wait in it, which tells more.
const LIMIT: Duration = tests::DEADLINE.saturating_add(Duration::from_secs(10));

mod inline {
    everywhere!(crate::fixture::Inline);
    shared_memory!(crate::fixture::Inline);
}

/// Threads inside an executor that is chosen by a text, which adds nothing and takes nothing away.
mod chosen {
    everywhere!(crate::fixture::Chosen);
    workers!(crate::fixture::Chosen);
}

/// Calls that run in worker processes, each of them this very program.
mod processes {
    everywhere!(crate::fixture::Processes);
    workers!(crate::fixture::Processes);
}

mod threads {
    everywhere!(crate::fixture::Threads);
    shared_memory!(crate::fixture::Threads);
    workers!(crate::fixture::Threads);
    local_workers!(crate::fixture::Threads);
    own_threads!(crate::fixture::Threads);
    thread_pool!();
    #[cfg(target_os = "linux")]
    own_threads_in_little_space!(crate::fixture::Threads);
    #[cfg(target_os = "linux")]
    thread_pool_in_little_space!();
}
