//! `tokio::spawn` on a multi-thread runtime; the relay is its main future.

use crate::WORKERS;
use crate::mix::mix;
use crate::peers::Peer;
use crate::relay::{Plan, relay_awaiting};
use tokio::runtime::{Builder, Runtime};

pub(crate) struct TokioSpawn {
    runtime: Runtime,
}

impl TokioSpawn {
    pub(crate) fn start() -> TokioSpawn {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(WORKERS).build();
        TokioSpawn {
            runtime: runtime.expect("two threads can be started"),
        }
    }
}

impl Peer for TokioSpawn {
    fn name(&self) -> &'static str {
        "tokio::spawn"
    }

    fn relay(&self, plan: Plan) -> u64 {
        let submit = |n| self.runtime.spawn(async move { mix(n) });
        self.runtime.block_on(relay_awaiting(plan, submit))
    }
}
