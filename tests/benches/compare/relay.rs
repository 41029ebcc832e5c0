//! Submit one by one, keep some in flight, take every result in order.
//!
//! ```text
//!   submit(n) --> [ n | ... | oldest ] --> take(oldest) --> checksum
//!                    in_flight at most
//! ```
//!
//! One in flight measures latency, all of them in flight throughput.

use crate::mix::mix;
use crate::peers::Peer;
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;
use crate::shared::rounds::{self, Entrant};
use std::collections::VecDeque;
use std::fmt::Debug;

/// How many calls of `mix` a turn, how many of them pending at a time, and
/// how many laps a round.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) calls: u64,
    pub(crate) in_flight: usize,
    pub(crate) laps: usize,
}

impl Plan {
    /// The same with a fraction of the calls, for slow entrants.
    pub(crate) fn a_part(self, of: u64) -> Plan {
        let calls = self.calls.div_ceil(of);
        Plan {
            calls,
            in_flight: self.in_flight.min(calls as usize),
            ..self
        }
    }
}

/// Runs the plan on ours and on every peer, in turns; a cost is a call's.
pub(crate) fn measure(
    work: &'static str,
    plan: Plan,
    peers: &[Box<dyn Peer>],
    arguments: &Arguments,
) -> Report {
    let turn = |peer: &dyn Peer| time(peer, plan);
    let entrants = peers.iter().map(|peer| entrant(peer.as_ref(), turn));
    let schedule = arguments.schedule(11, plan.laps);
    Report::of(work, rounds::alternate(entrants.collect(), schedule))
}

/// Lets a peer take turns, each of which costs what `turn` says.
pub(crate) fn entrant<'a>(peer: &'a dyn Peer, turn: impl Fn(&dyn Peer) -> f64 + 'a) -> Entrant<'a> {
    Entrant {
        name: peer.name(),
        role: peer.role(),
        turn: Box::new(move || turn(peer)),
    }
}

/// The seconds a call of the plan takes, once every result is checked.
pub(crate) fn time(peer: &dyn Peer, plan: Plan) -> f64 {
    let plan = peer.fit(plan);
    let (seconds, sum) = peer.timed(plan);
    assert_eq!(
        sum,
        checksum(plan.calls),
        "{} returned something else",
        peer.name()
    );
    seconds / plan.calls as f64
}

/// What each entrant must return: the calls run in this thread.
pub(crate) fn checksum(calls: u64) -> u64 {
    (0..calls).map(mix).fold(0, add)
}

/// Adds a result so that the order of the results matters too.
pub(crate) fn add(sum: u64, result: u64) -> u64 {
    sum.rotate_left(1).wrapping_add(result)
}

/// Runs the plan with a `take` that blocks.
pub(crate) fn relay<P>(plan: Plan, submit: impl Fn(u64) -> P, take: impl Fn(P) -> u64) -> u64 {
    let mut pending = VecDeque::with_capacity(plan.in_flight);
    let mut sum = 0;
    for n in 0..plan.calls {
        if pending.len() == plan.in_flight {
            let oldest = pending.pop_front().expect("at least one is in flight");
            sum = add(sum, take(oldest));
        }
        pending.push_back(submit(n));
    }
    pending.into_iter().map(take).fold(sum, add)
}

/// Runs the plan with pending calls that are awaited.
pub(crate) async fn relay_awaiting<P, E>(plan: Plan, submit: impl Fn(u64) -> P) -> u64
where
    P: Future<Output = Result<u64, E>>,
    E: Debug,
{
    let mut pending = VecDeque::with_capacity(plan.in_flight);
    let mut sum = 0;
    for n in 0..plan.calls {
        if pending.len() == plan.in_flight {
            let oldest: P = pending.pop_front().expect("at least one is in flight");
            sum = add(sum, oldest.await.expect("`mix` does not panic"));
        }
        pending.push_back(submit(n));
    }
    for oldest in pending {
        sum = add(sum, oldest.await.expect("`mix` does not panic"));
    }
    sum
}
