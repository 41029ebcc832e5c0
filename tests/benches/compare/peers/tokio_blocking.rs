//! `tokio::task::spawn_blocking` with two blocking threads.

use crate::WORKERS;
use crate::mix::mix;
use crate::peers::Peer;
use crate::relay::{Plan, relay_awaiting};
use tokio::runtime::{Builder, Runtime};

pub(crate) struct TokioBlocking {
    runtime: Runtime,
}

impl TokioBlocking {
    pub(crate) fn start() -> TokioBlocking {
        let mut builder = Builder::new_multi_thread();
        builder
            .worker_threads(WORKERS)
            .max_blocking_threads(WORKERS);
        let runtime = builder.build().expect("two threads can be started");
        TokioBlocking { runtime }
    }
}

impl Peer for TokioBlocking {
    fn name(&self) -> &'static str {
        "tokio::spawn_blocking"
    }

    fn relay(&self, plan: Plan) -> u64 {
        let submit = |n| self.runtime.spawn_blocking(move || mix(n));
        self.runtime.block_on(relay_awaiting(plan, submit))
    }
}
