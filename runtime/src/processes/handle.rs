//! What the parent holds of one worker: its process, the connection's sending side, and the memory
//! that both map.
//!
//! The scheduler, the spawner and the reactor all need these; so they lie below all three.

use std::sync::Arc;

use super::{link::Outbox, process::Process, table::Table};

/// A worker that has just been spawned.
pub(super) struct SpawnedWorker {
    pub(super) process: Arc<Process>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) table: Arc<Table>,
}
