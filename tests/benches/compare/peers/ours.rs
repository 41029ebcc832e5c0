//! Ours: a task, submitted to a pool.

use crate::WORKERS;
use crate::mix::mix;
use crate::peers::Peer;
use crate::relay::{Plan, relay};
use crate::shared::rounds::Role;
use crate::shared::works::{PROCESSES, STEALING, THREADS};
use concurrent_futures::{ProcessPool, ThreadPool, WorkStealingPool};

/// Makes a peer of a pool; pools of all kinds have the same methods.
macro_rules! peer {
    ($start:ident, $pool:ident, $name:ident) => {
        pub(crate) fn $start() -> $pool {
            let builder = $pool::builder().workers(WORKERS);
            builder.build().expect("two workers can be had")
        }

        impl Peer for $pool {
            fn name(&self) -> &'static str {
                $name
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
    };
}

peer!(thread_pool, ThreadPool, THREADS);
peer!(work_stealing_pool, WorkStealingPool, STEALING);
peer!(process_pool, ProcessPool, PROCESSES);
