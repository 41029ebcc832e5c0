//! What only processes promise: calls whose workers die, stop, lie, or must be ended.
//!
//! ```text
//!   tests/contract.tsv      line of the contract -> fact
//!           |
//!   deaths, moments, ..     the facts, on pools of this very program
//!   whole_programs          those that ask for a `main` of their own
//! ```
//!
//! What every executor promises, processes too, is in the contract's own suite.

#![cfg(target_os = "linux")]

mod absurd;
mod at_once;
mod auto_chunks;
mod becoming_a_worker;
mod corrupt_workers;
mod deaths;
mod deep_values;
mod descendants;
mod ended;
mod env_marks;
mod environment;
mod failed_starts;
mod failures_by_step;
mod kit;
mod limits;
mod logs;
mod long_arguments;
mod long_texts;
mod memory_limits;
mod moments;
mod nested;
mod option_precedence;
mod orphans;
mod payloads;
mod race_windows;
mod races;
mod reported_starts;
mod retired;
mod retried_ends;
mod retries;
mod settings;
mod shed_limits;
mod standard_error;
mod suspended_workers;
#[expect(unsafe_code, reason = "tasks that do what no safe code does")]
mod task_threads;
mod tasks;
mod waiting_retries;
mod whole_programs;

concurrent_futures::worker_test!();
