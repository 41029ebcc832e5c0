//! What only processes promise: calls whose workers die, stop, lie, or must be ended.
//!
//! ```text
//!   tests/contract.tsv      line of the contract -> fact
//!           |
//!   deaths, moments, ..     the facts, on pools of this very program
//! ```
//!
//! What every executor promises, processes too, is in the contract's own suite.

#![cfg(target_os = "linux")]

mod deaths;
mod ended;
mod kit;
mod moments;
mod nested;
mod payloads;
mod races;
mod retired;
mod settings;
mod steps;
mod stopped;
mod tasks;
mod wild;

concurrent_futures::worker_test!();
