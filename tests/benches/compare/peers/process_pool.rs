//! Ours: a task, submitted to a `ProcessPool`.

use crate::WORKERS;
use crate::mix::mix;
use crate::peers::Peer;
use crate::relay::{Plan, relay};
use crate::shared::rounds::Role;
use crate::shared::works::PROCESSES;
use concurrent_futures::ProcessPool;

pub(crate) fn start() -> ProcessPool {
    let builder = ProcessPool::builder().workers(WORKERS);
    builder.build().expect("two processes can be started")
}

impl Peer for ProcessPool {
    fn name(&self) -> &'static str {
        PROCESSES
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
