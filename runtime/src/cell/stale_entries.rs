//! Sweeping the stale entries that cancelled calls leave in queues.
//!
//! A call that is cancelled, or that its waiter runs in place, leaves its job in the queue of its
//! executor: a stale entry, which a worker discards when it comes to it. While all workers are busy
//! that may take long. So an executor whose queue can be swept registers it here, in a map of the
//! whole program, and each call that leaves a stale entry makes that queue look at a few more
//! slots, from where the last sweep ended. Sweeping keeps ahead of cancelling: stale entries stay
//! below about half of the pending calls, and no call pays for more than one short sweep.

use std::{
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock, Weak},
};

use super::cell_ref::CellRef;
use crate::id::ExecutorId;

/// A queue that may hold stale entries.
pub(crate) trait StaleEntries: Send + Sync {
    /// Looks at a few more entries of the queue, and drops the stale ones.
    fn sweep(&self);
}

type Known = HashMap<ExecutorId, Weak<dyn StaleEntries>>;

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

/// Registers the queue of an executor.
pub(crate) fn register(executor: ExecutorId, stale_entries: Weak<dyn StaleEntries>) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.insert(executor, stale_entries);
}

/// Unregisters the queue of an executor.
pub(crate) fn unregister(executor: ExecutorId) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.remove(&executor);
}

impl CellRef {
    /// Sweeps the queue in which this call has left a stale entry, if its executor registered one.
    pub(super) fn sweep_stale_entries(&self) {
        let Some(executor) = self.executor else {
            return;
        };
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        let stale_entries = known.get(&executor).and_then(Weak::upgrade);
        drop(known);
        if let Some(stale_entries) = stale_entries {
            stale_entries.sweep();
        }
    }
}
