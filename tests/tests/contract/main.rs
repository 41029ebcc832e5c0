//! The contract: what every executor promises, written once and run on each.
//!
//! ```text
//!   tests/contract.tsv      line of the contract -> fact -> executors
//!           |
//!   executors.rs            lists of facts, by what they ask of an executor
//!           |
//!   mod inline, mod threads the lists that fit an executor
//!           |
//!   future.rs, wait.rs, ..  the facts: functions over a `Fixture`
//! ```
//!
//! A fact that no executor has a part in (promises, sizes, texts) is a plain test
//! in the module of its topic.

#[macro_use]
mod executors;

mod any_executor;
mod arguments;
mod awaiting;
mod bound;
mod callback_chains;
mod callbacks;
mod cancel;
mod causes;
mod chosen;
mod chosen_inside;
mod chosen_sizes;
mod closed;
mod completed;
mod drops;
mod fixture;
mod future;
mod helpers;
mod hostile;
mod hostile_bytes;
mod in_place;
mod initializer;
mod inside_callbacks;
mod jobs;
#[cfg(target_os = "linux")]
mod little_space;
mod map;
mod map_order;
mod map_values;
mod nested;
mod options;
mod own_threads;
mod panics;
mod portable_error;
mod programs;
mod promise;
mod rayon_inside;
mod rayon_panics;
mod refused;
mod registry;
mod round_trips;
mod scope;
mod scope_end;
mod scope_panics;
mod sent;
mod sent_chunks;
mod sent_turned;
mod shutdown;
mod status;
mod stays_here;
mod stealing_threads;
mod strict_clippy;
mod submit;
mod task_failures;
mod task_options;
mod tasks;
mod texts;
mod threads_between;
mod threads_started;
mod trap;
mod types;
mod under_calls;
mod user_serde;
mod wait;
mod wake_ups;
mod workers;

use std::time::Duration;

concurrent_futures::worker_test!();

/// How long a test may take: longer than any single wait in it, which tells more.
const LIMIT: Duration = tests::DEADLINE.saturating_add(Duration::from_secs(10));

mod inline {
    everywhere!(crate::fixture::Inline);
    shared_memory!(crate::fixture::Inline);
}

/// Calls that travel as bytes, though not far.
mod bytes {
    everywhere!(crate::fixture::Bytes);
}

/// Threads inside an executor that is chosen by a text, which adds nothing and takes nothing away.
mod pool {
    everywhere!(crate::fixture::Chosen);
    workers!(crate::fixture::Chosen);
}

/// Calls that run in worker processes, each of them this very program.
mod processes {
    everywhere!(crate::fixture::Processes);
    workers!(crate::fixture::Processes);
}

mod stealing {
    everywhere!(crate::fixture::Stealing);
    shared_memory!(crate::fixture::Stealing);
    workers!(crate::fixture::Stealing);
    local_workers!(crate::fixture::Stealing);
    own_threads!(crate::fixture::Stealing);
    work_stealing!();
    #[cfg(target_os = "linux")]
    own_threads_in_little_space!(crate::fixture::Stealing);
    #[cfg(target_os = "linux")]
    work_stealing_in_little_space!();
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
