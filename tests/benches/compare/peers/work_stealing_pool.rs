//! Ours: a task, submitted to a `WorkStealingPool`.

use crate::WORKERS;
use crate::mix::mix;
use crate::peers::Peer;
use crate::relay::{Plan, relay};
use crate::shared::rounds::Role;
use crate::shared::works::STEALING;
use concurrent_futures::WorkStealingPool;

pub(crate) fn start() -> WorkStealingPool {
    let builder = WorkStealingPool::builder().workers(WORKERS);
    builder.build().expect("two threads can be started")
}

impl Peer for WorkStealingPool {
    fn name(&self) -> &'static str {
        STEALING
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
