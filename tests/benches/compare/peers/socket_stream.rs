//! The limit of throughput: frames that stream to two processes and back.
//!
//! No frame is waited for alone, so that each system call moves all frames that fit into a socket.
//! Even numbers go to one link, odd ones to the other.

use crate::WORKERS;
use crate::echo::{self, BATCH, FRAME, Link};
use crate::peers::Peer;
use crate::relay::{self, Plan};
use crate::shared::rounds::Role;
use std::io::{Read, Write};
use std::thread;

pub(crate) struct SocketStream {
    links: Vec<Link>,
}

impl SocketStream {
    pub(crate) fn start() -> SocketStream {
        let links = (0..WORKERS).map(|_| Link::start(echo::FRAMES));
        SocketStream {
            links: links.collect(),
        }
    }
}

impl Peer for SocketStream {
    fn name(&self) -> &'static str {
        "socket echo"
    }

    fn role(&self) -> Role {
        Role::Limit
    }

    fn relay(&self, plan: Plan) -> u64 {
        let shares: Vec<Vec<u64>> = thread::scope(|scope| {
            let start = |(first, link)| {
                let share = (first as u64..plan.calls).step_by(WORKERS);
                scope.spawn(move || exchange(link, share.collect()))
            };
            let threads: Vec<_> = self.links.iter().enumerate().map(start).collect();
            let results = threads.into_iter().map(|thread| thread.join());
            results.map(|share| share.expect("it reads")).collect()
        });
        let ordered = (0..plan.calls as usize).map(|n| shares[n % WORKERS][n / WORKERS]);
        ordered.fold(0, relay::add)
    }
}

/// Puts the result of each number into its place.
fn exchange(link: &Link, mut numbers: Vec<u64>) -> Vec<u64> {
    for batch in numbers.chunks_mut(BATCH / FRAME) {
        let mut frames: Vec<u8> = batch.iter().copied().flat_map(echo::frame).collect();
        let mut stream = &link.stream;
        stream.write_all(&frames).expect("the child listens");
        stream.read_exact(&mut frames).expect("the child answers");
        let (results, _) = frames.as_chunks::<FRAME>();
        let results = results.iter().map(|frame| echo::number(frame));
        batch
            .iter_mut()
            .zip(results)
            .for_each(|(n, result)| *n = result);
    }
    numbers
}
