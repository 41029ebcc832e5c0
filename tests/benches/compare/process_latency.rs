//! Submit one to a process, wait for it, again.
//!
//! Busy, the next submit comes at once, and a reader that looks a moment longer
//! before it sleeps is found awake. Cold, everybody has slept for 10 ms:
//! then a call costs two wake-ups, and the limit says how much that is.

use tests::let_pass;

use crate::peers::{self, Peer};
use crate::relay::{self, Plan};
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;
use crate::shared::rounds;
use std::time::Duration;

pub(crate) const BUSY: &str = "process-latency-busy";

pub(crate) const COLD: &str = "process-latency-cold";

const IDLE: Duration = Duration::from_millis(10);

const ONE: Plan = Plan {
    calls: 1,
    in_flight: 1,
    laps: 1,
};

pub(crate) fn measure_busy(arguments: &Arguments) -> Report {
    let plan = Plan {
        calls: arguments.calls(1_000),
        in_flight: 1,
        laps: 5,
    };
    relay::measure(BUSY, plan, &peers::one_in_processes(), arguments)
}

pub(crate) fn measure_cold(arguments: &Arguments) -> Report {
    let calls = arguments.calls(31);
    let peers = peers::one_in_processes();
    let turn = |peer: &dyn Peer| cold(peer, calls);
    let entrants = peers.iter().map(|peer| relay::entrant(peer.as_ref(), turn));
    let schedule = arguments.schedule(11, 1);
    Report::of(COLD, rounds::alternate(entrants.collect(), schedule))
}

/// The call in the middle, of some that each come after a sleep.
fn cold(peer: &dyn Peer, calls: u64) -> f64 {
    let after_a_sleep = |_| {
        let_pass(IDLE);
        relay::time(peer, ONE)
    };
    let mut costs: Vec<f64> = (0..calls).map(after_a_sleep).collect();
    costs.sort_by(f64::total_cmp);
    costs[costs.len() / 2]
}
