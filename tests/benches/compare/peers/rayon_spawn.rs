//! `rayon::ThreadPool::spawn`, with a oneshot channel for the result.

use crate::WORKERS;
use crate::mix::mix;
use crate::peers::Peer;
use crate::relay::{Plan, relay};
use rayon::{ThreadPool, ThreadPoolBuilder};

pub(crate) struct RayonSpawn {
    pool: ThreadPool,
}

impl RayonSpawn {
    pub(crate) fn start() -> RayonSpawn {
        let builder = ThreadPoolBuilder::new().num_threads(WORKERS);
        let pool = builder.build().expect("two threads can be started");
        RayonSpawn { pool }
    }
}

impl Peer for RayonSpawn {
    fn name(&self) -> &'static str {
        "rayon::spawn+oneshot"
    }

    fn relay(&self, plan: Plan) -> u64 {
        let submit = |n| {
            let (tx, rx) = oneshot::channel();
            self.pool
                .spawn(move || tx.send(mix(n)).expect("the caller waits"));
            rx
        };
        relay(plan, submit, |rx| rx.recv().expect("the worker sends"))
    }
}
