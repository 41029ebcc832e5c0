//! What workers print to standard error: read, kept in part, and forwarded to our own.

pub(super) mod forward;
pub(super) mod options;
pub(super) mod pipe;
pub(super) mod tail;
