//! The `threadpool` crate, with a oneshot channel for the result.

use crate::WORKERS;
use crate::mix::mix;
use crate::peers::Peer;
use crate::relay::{Plan, relay};
use threadpool::ThreadPool;

pub(crate) struct ThreadpoolCrate {
    pool: ThreadPool,
}

impl ThreadpoolCrate {
    pub(crate) fn start() -> ThreadpoolCrate {
        ThreadpoolCrate {
            pool: ThreadPool::new(WORKERS),
        }
    }
}

impl Peer for ThreadpoolCrate {
    fn name(&self) -> &'static str {
        "threadpool+oneshot"
    }

    fn relay(&self, plan: Plan) -> u64 {
        let submit = |n| {
            let (tx, rx) = oneshot::channel();
            self.pool
                .execute(move || tx.send(mix(n)).expect("the caller waits"));
            rx
        };
        relay(plan, submit, |rx| rx.recv().expect("the worker sends"))
    }
}
