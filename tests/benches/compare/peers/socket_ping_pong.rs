//! The limit of latency: a frame to another process and back, over a socket.

use crate::echo::{self, Link};
use crate::peers::Peer;
use crate::relay::{Plan, relay};
use crate::shared::rounds::Role;
use crate::shared::works::PING_PONG;

pub(crate) struct SocketPingPong {
    link: Link,
}

impl SocketPingPong {
    pub(crate) fn start() -> SocketPingPong {
        SocketPingPong {
            link: Link::start(echo::FRAMES),
        }
    }
}

impl Peer for SocketPingPong {
    fn name(&self) -> &'static str {
        PING_PONG
    }

    fn role(&self) -> Role {
        Role::Limit
    }

    fn fit(&self, plan: Plan) -> Plan {
        Plan {
            in_flight: 1,
            ..plan
        }
    }

    fn relay(&self, plan: Plan) -> u64 {
        relay(plan, |n| self.link.ping(n), |result| result)
    }
}
