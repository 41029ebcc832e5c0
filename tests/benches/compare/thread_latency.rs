//! Submit one, wait for it, again: there and back, with nothing to hide behind.

use crate::arguments::Arguments;
use crate::peers;
use crate::relay::{self, Plan};
use crate::report::Report;

pub(crate) const NAME: &str = "thread-latency";

const GOAL: &str = "1.0";

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let calls = arguments.calls(2_000);
    let plan = Plan {
        calls,
        in_flight: 1,
        laps: 10,
    };
    let (work, peers) = ((NAME, GOAL), peers::on_threads());
    let unit = relay::microseconds();
    relay::measure(work, plan, unit, &peers, arguments)
}
