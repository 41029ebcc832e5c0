//! Those who run `mix` for a relay: ours, what users take today, the limit.
//!
//! One file each, and in each the shortest honest way to submit a call and
//! to get its result with that library.

mod bare_channel;
pub(crate) mod fleet;
pub(crate) mod ours;
pub(crate) mod procspawn_pool;
pub(crate) mod python;
mod rayon_spawn;
mod socket_ping_pong;
mod socket_stream;
mod threadpool_crate;
mod tokio_blocking;
mod tokio_spawn;

use crate::relay::Plan;
use crate::shared::rounds::Role;
use python::{Python, Workers};
use std::time::Instant;

/// Runs a plan on two workers that are already there.
pub(crate) trait Peer {
    fn name(&self) -> &'static str;

    fn role(&self) -> Role {
        Role::Peer
    }

    /// As much of the plan as this peer can keep.
    fn fit(&self, plan: Plan) -> Plan {
        plan
    }

    /// Runs the plan and returns its checksum.
    fn relay(&self, plan: Plan) -> u64;

    /// Runs the plan: the seconds that it took, and its checksum.
    fn timed(&self, plan: Plan) -> (f64, u64) {
        let start = Instant::now();
        let sum = self.relay(plan);
        (start.elapsed().as_secs_f64(), sum)
    }
}

/// Starts the threads of everybody.
pub(crate) fn on_threads() -> Vec<Box<dyn Peer>> {
    let mut peers: Vec<Box<dyn Peer>> = vec![
        Box::new(ours::thread_pool()),
        Box::new(ours::work_stealing_pool()),
        Box::new(threadpool_crate::ThreadpoolCrate::start()),
        Box::new(rayon_spawn::RayonSpawn::start()),
        Box::new(tokio_spawn::TokioSpawn::start()),
        Box::new(tokio_blocking::TokioBlocking::start()),
        Box::new(bare_channel::BareChannel::start()),
    ];
    peers.extend(on_python(Workers::Threads));
    peers
}

/// Starts the threads of ours, and of the peers that are fast enough to be near.
pub(crate) fn that_grow() -> Vec<Box<dyn Peer + Sync>> {
    vec![
        Box::new(ours::thread_pool()),
        Box::new(ours::work_stealing_pool()),
        Box::new(threadpool_crate::ThreadpoolCrate::start()),
        Box::new(rayon_spawn::RayonSpawn::start()),
    ]
}

/// Starts the processes of everybody, and the best that any could do.
fn in_processes(limit: Box<dyn Peer>) -> Vec<Box<dyn Peer>> {
    let mut peers: Vec<Box<dyn Peer>> = vec![
        Box::new(ours::process_pool()),
        Box::new(procspawn_pool::start()),
    ];
    peers.extend(on_python(Workers::Processes));
    peers.push(limit);
    peers
}

fn on_python(workers: Workers) -> Option<Box<dyn Peer>> {
    let python = Python::start(workers);
    python.map(|python| Box::new(python) as Box<dyn Peer>)
}

/// Starts the processes of everybody, for many calls at a time.
pub(crate) fn many_in_processes() -> Vec<Box<dyn Peer>> {
    in_processes(Box::new(socket_stream::SocketStream::start()))
}

/// Starts the processes of everybody, for one call at a time.
pub(crate) fn one_in_processes() -> Vec<Box<dyn Peer>> {
    in_processes(Box::new(socket_ping_pong::SocketPingPong::start()))
}
