//! Who is told of the stale entries that calls leave behind.
//!
//! A call that is cancelled, or that its waiter runs in place, leaves its job in the queue of its
//! executor: a stale entry, which a worker passes one day. While all workers are busy that day may be far. So
//! an executor whose queue can be looked through enters it here; each call that leaves a
//! shell has it look at a few more places, where the last look ended. Looking keeps ahead of what is left
//! behind, so that stale entries are never many more than half of the calls that wait, and no call pays for more than a few.

use std::{
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock, Weak},
};

use super::cell::CellRef;
use crate::id::ExecutorId;

/// Something that stale entries wait in.
pub(crate) trait StaleEntries: Send + Sync {
    /// Looks at a few more of those that wait, and lets go of stale entries.
    fn sweep(&self);
}

type Known = HashMap<ExecutorId, Weak<dyn StaleEntries>>;

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

/// Enters the queue of an executor.
pub(crate) fn register(executor: ExecutorId, stale_entries: Weak<dyn StaleEntries>) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.insert(executor, stale_entries);
}

/// Takes it back.
pub(crate) fn unregister(executor: ExecutorId) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.remove(&executor);
}

impl CellRef {
    /// This call has left a stale entry, unless its executor keeps no queue.
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
