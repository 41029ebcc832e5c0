//! Ours: a task, submitted to a `ProcessPool`.

use crate::WORKERS;
use crate::mix::mix;
use crate::peers::Peer;
use crate::relay::{Plan, relay};
use crate::rounds::Role;
use concurrent_futures::ProcessPool;

/// What entrants that are ours are called.
pub(crate) const NAME: &str = "ProcessPool";

pub(crate) fn start() -> ProcessPool {
    let builder = ProcessPool::builder().workers(WORKERS);
    builder.build().expect("two processes can be started")
}

impl Peer for ProcessPool {
    fn name(&self) -> &'static str {
        NAME
    }

    fn role(&self) -> Role {
        Role::Ours
    }

    fn relay(&self, plan: Plan) -> u64 {
        let submit = |n| mix::submit(self, n);
        relay(plan, submit, |future| {
            future.result().expect("`mix` does not panic")
        })
    }
}
