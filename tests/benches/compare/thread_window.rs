//! A thousand calls in flight: what a loop that keeps a pool busy reaches.

use crate::arguments::Arguments;
use crate::peers;
use crate::relay::{self, Plan};
use crate::report::Report;

pub(crate) const NAME: &str = "thread-window";

const GOAL: &str = "2.0";

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let calls = arguments.calls(100_000);
    let plan = Plan {
        calls,
        in_flight: 1_000,
        laps: 10,
    };
    let (work, peers) = ((NAME, GOAL), peers::on_threads());
    let unit = relay::millions_a_second();
    relay::measure(work, plan, unit, &peers, arguments)
}
