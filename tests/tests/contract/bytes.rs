//! Calls as bytes: the lists of facts that fit them, and what has a part in bytes alone.

pub(crate) mod malformed;
pub(crate) mod not_portable;
pub(crate) mod portable_error;
pub(crate) mod reentrancy;
pub(crate) mod registry;
pub(crate) mod remote_calls;
pub(crate) mod remote_chunks;
pub(crate) mod round_trips;
pub(crate) mod user_serde;

everywhere!(crate::fixture::Bytes);
