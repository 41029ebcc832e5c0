//! `wait` and `as_completed`; docs/contract.md, lines 16 to 26.

pub(crate) mod as_completed;
pub(crate) mod return_when;
pub(crate) mod wake_ups;
