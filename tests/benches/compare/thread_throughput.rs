//! Everything pending at once: what a call costs while nobody takes results.

use crate::arguments::Arguments;
use crate::peers;
use crate::relay::{self, Plan};
use crate::report::Report;

pub(crate) const NAME: &str = "thread-throughput";

const GOAL: &str = "1.3";

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let calls = arguments.calls(1_000_000);
    let plan = Plan {
        calls,
        in_flight: calls as usize,
        laps: 1,
    };
    let (work, peers) = ((NAME, GOAL), peers::on_threads());
    let unit = relay::millions_a_second();
    relay::measure(work, plan, unit, &peers, arguments)
}
