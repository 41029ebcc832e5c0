//! What a call costs when there are more of them, and more who submit them.
//!
//! ```text
//!   growth-pending      1,000 to 1,000,000 calls, all submitted before the
//!                       first result is taken
//!   growth-submitters   1 to 8 threads, each with 1,000 calls in flight
//! ```
//!
//! A turn makes the same number of calls at every size, as far as that can
//! be, so that what differs is the size alone. The cost is the time of all,
//! shared among the calls of all submitters.

use crate::peers::{self, Peer};
use crate::relay::{self, Plan};
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;
use crate::shared::rounds::{self, Entrant};
use std::thread;
use std::time::Instant;

pub(crate) const PENDING: &str = "growth-pending";

pub(crate) const SUBMITTERS: &str = "growth-submitters";

/// How many calls a turn makes, unless more are to be pending.
const CALLS: u64 = 200_000;

/// How many calls each of several threads has in flight.
const IN_FLIGHT: usize = 1_000;

pub(crate) fn measure_pending(arguments: &Arguments) -> Vec<Report> {
    let at = |pending| {
        let calls = arguments.calls(pending);
        let times = arguments.calls(CALLS).div_ceil(calls);
        let plan = Plan {
            calls,
            in_flight: calls as usize,
            laps: 1,
        };
        let turn = move |peer: &(dyn Peer + Sync)| again(times, peer, plan);
        measure(PENDING, pending, turn, arguments)
    };
    [1_000, 10_000, 100_000, 1_000_000].map(at).into()
}

pub(crate) fn measure_submitters(arguments: &Arguments) -> Vec<Report> {
    let at = |threads| {
        let plan = Plan {
            calls: arguments.calls(CALLS).div_ceil(threads),
            in_flight: IN_FLIGHT,
            laps: 1,
        };
        let turn = move |peer: &(dyn Peer + Sync)| together(threads, peer, plan);
        measure(SUBMITTERS, threads, turn, arguments)
    };
    [1, 2, 4, 8].map(at).into()
}

fn measure(
    work: &'static str,
    at: u64,
    turn: impl Fn(&(dyn Peer + Sync)) -> f64 + Copy,
    arguments: &Arguments,
) -> Report {
    let peers = peers::that_grow();
    let entrants = peers.iter().map(|peer| Entrant {
        name: peer.name(),
        role: peer.role(),
        turn: Box::new(move || turn(peer.as_ref())),
    });
    let entrants = entrants.collect();
    let standings = rounds::alternate(entrants, arguments.schedule(11, 1));
    Report {
        at: Some(at),
        ..Report::of(work, standings)
    }
}

/// The seconds of a call, when one thread repeats the plan.
fn again(times: u64, peer: &dyn Peer, plan: Plan) -> f64 {
    let seconds = (0..times).map(|_| relay::time(peer, plan)).sum::<f64>();
    seconds / times as f64
}

/// The seconds of a call, when several threads run the plan at once.
fn together(threads: u64, peer: &(dyn Peer + Sync), plan: Plan) -> f64 {
    let start = Instant::now();
    let sums: Vec<u64> = thread::scope(|scope| {
        let spawn = |_| scope.spawn(|| peer.relay(plan));
        let submitters: Vec<_> = (0..threads).map(spawn).collect();
        let sums = submitters.into_iter().map(|submitter| submitter.join());
        sums.map(|sum| sum.expect("`mix` does not panic")).collect()
    });
    let seconds = start.elapsed().as_secs_f64();
    let expected = relay::checksum(plan.calls);
    assert_eq!(
        sums,
        vec![expected; threads as usize],
        "{} returned something else",
        peer.name()
    );
    seconds / (threads * plan.calls) as f64
}
