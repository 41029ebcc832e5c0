//! Who is told of the shells that calls leave behind.
//!
//! A call that is cancelled, or that its waiter runs in place, leaves its job in the queue of its
//! executor: a shell, which a worker passes one day. While all workers are busy that day may be far. So
//! an executor whose queue can be looked through enters it here; each call that leaves a
//! shell has it look at a few more places, where the last look ended. Looking keeps ahead of what is left
//! behind, so that shells are never many more than half of the calls that wait, and no call pays for more than a few.

use std::{
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock, Weak},
};

use super::cell::Hold;
use crate::id::ExecutorId;

/// Something that shells wait in.
pub(crate) trait Shells: Send + Sync {
    /// Looks at a few more of those that wait, and lets go of shells.
    fn sweep(&self);
}

type Known = HashMap<ExecutorId, Weak<dyn Shells>>;

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

/// Enters the queue of an executor.
pub(crate) fn enter(executor: ExecutorId, shells: Weak<dyn Shells>) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.insert(executor, shells);
}

/// Takes it back.
pub(crate) fn leave(executor: ExecutorId) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.remove(&executor);
}

impl Hold {
    /// This call has left a shell, unless its executor keeps no queue.
    pub(super) fn tell_of_shell(&self) {
        let Some(executor) = self.executor else {
            return;
        };
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        let shells = known.get(&executor).and_then(Weak::upgrade);
        drop(known);
        if let Some(shells) = shells {
            shells.sweep();
        }
    }
}
