//! Ours: a task, submitted to a `ThreadPool`.

use crate::WORKERS;
use crate::mix::mix;
use crate::peers::Peer;
use crate::relay::{Plan, relay};
use crate::rounds::Role;
use concurrent_futures::ThreadPool;

pub(crate) struct Ours {
    pool: ThreadPool,
}

impl Ours {
    pub(crate) fn start() -> Ours {
        let builder = ThreadPool::builder().workers(WORKERS);
        let pool = builder.build().expect("two workers are allowed");
        Ours { pool }
    }
}

impl Peer for Ours {
    fn name(&self) -> &'static str {
        "ThreadPool"
    }

    fn role(&self) -> Role {
        Role::Ours
    }

    fn relay(&self, plan: Plan) -> u64 {
        let submit = |n| mix::submit(&self.pool, n);
        relay(plan, submit, |future| {
            future.result().expect("`mix` does not panic")
        })
    }
}
