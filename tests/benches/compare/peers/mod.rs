//! Those who run `mix` for a relay: ours, what users take today, the limit.
//!
//! One file each, and in each the shortest honest way to submit a call and
//! to get its result with that library.

mod bare_channel;
mod ours;
mod rayon_spawn;
mod threadpool_crate;
mod tokio_blocking;
mod tokio_spawn;

use crate::relay::Plan;
use crate::rounds::Role;

/// Runs a plan on two workers that are already there.
pub(crate) trait Peer {
    fn name(&self) -> &'static str;

    fn role(&self) -> Role {
        Role::Peer
    }

    /// Runs the plan and returns its checksum.
    fn relay(&self, plan: Plan) -> u64;
}

/// Starts the workers of everybody.
pub(crate) fn all() -> Vec<Box<dyn Peer>> {
    vec![
        Box::new(ours::Ours::start()),
        Box::new(threadpool_crate::ThreadpoolCrate::start()),
        Box::new(rayon_spawn::RayonSpawn::start()),
        Box::new(tokio_spawn::TokioSpawn::start()),
        Box::new(tokio_blocking::TokioBlocking::start()),
        Box::new(bare_channel::BareChannel::start()),
    ]
}
