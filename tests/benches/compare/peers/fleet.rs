//! Pools whose processes are asked who they are.

use crate::meeting::{identify, knock};
use crate::peers::{ours, procspawn_pool};
use crate::shared::rounds::Role;
use crate::shared::works::PROCESSES;
use concurrent_futures::ProcessPool;

/// Takes the pid of the worker that ran a call, or nothing if that died.
pub(crate) type Take = Box<dyn FnOnce() -> Option<u32>>;

/// A pool of two processes.
pub(crate) trait Fleet {
    /// Submits a call that stays at the meeting of that path.
    fn knock(&self, path: &str) -> Take;

    /// Submits a call that answers at once.
    fn identify(&self) -> Take;
}

/// A name, a role, and how to make one.
pub(crate) type Entry = (&'static str, Role, fn() -> Box<dyn Fleet>);

/// The fleets there are.
pub(crate) const ALL: [Entry; 2] = [
    (PROCESSES, Role::Ours, || Box::new(ours::process_pool())),
    (procspawn_pool::NAME, Role::Peer, || {
        Box::new(procspawn_pool::start())
    }),
];

impl Fleet for ProcessPool {
    fn knock(&self, path: &str) -> Take {
        let future = knock::submit(self, path);
        Box::new(|| future.result().ok())
    }

    fn identify(&self) -> Take {
        let future = identify::submit(self);
        Box::new(|| future.result().ok())
    }
}

impl Fleet for procspawn::Pool {
    fn knock(&self, path: &str) -> Take {
        let handle = self.spawn(path.to_owned(), |path| knock(&path));
        Box::new(|| handle.join().ok())
    }

    fn identify(&self) -> Take {
        let handle = self.spawn((), |()| identify());
        Box::new(|| handle.join().ok())
    }
}
