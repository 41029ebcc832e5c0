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
mod births;
mod deaths;
mod deep;
mod edge;
mod ended;
mod heirs;
mod kit;
mod limits;
mod logs;
mod long_arguments;
mod long_texts;
mod marks;
mod memory_limits;
mod moments;
mod nearer;
mod nested;
mod orphans;
mod payloads;
mod races;
mod retired;
mod retried_ends;
mod retries;
mod settings;
mod shed;
mod started;
mod starts;
mod steps;
mod stopped;
mod surroundings;
#[expect(unsafe_code, reason = "tasks that do what no safe code does")]
mod task_threads;
mod tasks;
mod voices;
mod waiting_retries;
mod whole_programs;
mod wild;

concurrent_futures::worker_test!();
