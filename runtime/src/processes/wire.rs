//! The bytes that a worker and its parent exchange, and what they mean.
//!
//! ```text
//!   socket --> frame --> message      the connection, both ways
//!   ring   --> record --> message     short answers, from the worker
//!   environment --> worker_env        by which a process learns that it is a worker
//! ```
//!
//! All that a worker sends is untrusted: lengths are checked before memory is allocated for them.

pub(super) mod batch;
pub(super) mod control;
pub(super) mod explain;
pub(super) mod frame;
#[cfg(all(test, not(loom)))]
mod fuzz;
pub(super) mod handshake;
pub(super) mod identity;
pub(super) mod logs;
pub(super) mod message;
pub(super) mod record;
pub(super) mod worker_env;
