//! `procspawn::Pool`: functions, run in processes that are kept.
//!
//! Each of its pending calls holds four descriptors, so that it cannot have
//! many of them: it keeps at most 200 in flight. Of many calls it makes a
//! tenth, for one costs the same however many follow.

use crate::WORKERS;
use crate::mix::mix;
use crate::peers::Peer;
use crate::relay::{Plan, relay};
use procspawn::Pool;

/// What entrants that are `procspawn` are called.
pub(crate) const NAME: &str = "procspawn";

const IN_FLIGHT: usize = 200;

pub(crate) fn start() -> Pool {
    Pool::new(WORKERS).expect("two processes can be started")
}

impl Peer for Pool {
    fn name(&self) -> &'static str {
        NAME
    }

    fn fit(&self, plan: Plan) -> Plan {
        match plan.in_flight {
            1 => plan,
            wanted => Plan {
                in_flight: wanted.min(IN_FLIGHT),
                ..plan.a_part(10)
            },
        }
    }

    fn relay(&self, plan: Plan) -> u64 {
        let submit = |n| self.spawn(n, mix);
        relay(plan, submit, |handle| {
            handle.join().expect("`mix` does not panic")
        })
    }
}
