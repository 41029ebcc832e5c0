//! The limit: boxed closures on a bare channel, and two threads that run
//! them. Nothing is caught, cancelled or reported.

use crate::WORKERS;
use crate::mix::mix;
use crate::peers::Peer;
use crate::relay::{Plan, relay};
use crate::shared::rounds::Role;
use crossbeam_channel::{Sender, unbounded};
use std::thread;

type Closure = Box<dyn FnOnce() + Send>;

/// Its threads end when the channel is dropped.
pub(crate) struct BareChannel {
    closures: Sender<Closure>,
}

impl BareChannel {
    pub(crate) fn start() -> BareChannel {
        let (closures, queue) = unbounded::<Closure>();
        for _ in 0..WORKERS {
            let queue = queue.clone();
            thread::spawn(move || queue.iter().for_each(|closure| closure()));
        }
        BareChannel { closures }
    }
}

impl Peer for BareChannel {
    fn name(&self) -> &'static str {
        "bare channel+oneshot"
    }

    fn role(&self) -> Role {
        Role::Limit
    }

    fn relay(&self, plan: Plan) -> u64 {
        let submit = |n| {
            let (tx, rx) = oneshot::channel();
            let closure = Box::new(move || tx.send(mix(n)).expect("the caller waits"));
            self.closures.send(closure).expect("the threads listen");
            rx
        };
        relay(plan, submit, |rx| rx.recv().expect("the thread sends"))
    }
}
