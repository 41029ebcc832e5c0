//! Ours: a task, submitted to a `ThreadPool`.

use crate::WORKERS;
use crate::mix::mix;
use crate::peers::Peer;
use crate::relay::{Plan, relay};
use crate::shared::rounds::Role;
use crate::shared::works::THREADS;
use concurrent_futures::ThreadPool;

pub(crate) fn start() -> ThreadPool {
    let builder = ThreadPool::builder().workers(WORKERS);
    builder.build().expect("two workers are allowed")
}

impl Peer for ThreadPool {
    fn name(&self) -> &'static str {
        THREADS
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
