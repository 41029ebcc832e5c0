//! What the parent holds of one worker: its process, the connection's sending side, and the memory
//! that both map.
//!
//! The scheduler, the spawner and the reactor all need these; so they lie below all three.

pub(super) mod backlog;
pub(super) mod logged;
pub(super) mod outbox;
pub(super) mod process;

use std::sync::Arc;

use crate::processes::shared::table::Table;
use outbox::Outbox;
use process::Process;

/// A worker that has just been spawned.
pub(crate) struct SpawnedWorker {
    pub(crate) process: Arc<Process>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) table: Arc<Table>,
}
