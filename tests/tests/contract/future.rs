//! Futures: their ends, waits, callbacks and cancels; docs/contract.md, lines 1 to 15.

pub(crate) mod across_threads;
pub(crate) mod awaiting;
pub(crate) mod callback_chains;
pub(crate) mod callbacks;
pub(crate) mod cancel;
pub(crate) mod cancel_on_drop;
pub(crate) mod error_causes;
pub(crate) mod in_place;
pub(crate) mod inside_callbacks;
pub(crate) mod nested_waits;
pub(crate) mod promise;
pub(crate) mod results;
