//! Submit one, wait for it, again: there and back, with nothing to hide behind.

use crate::arguments::Arguments;
use crate::relay::{self, Plan};
use crate::report::{Report, Unit};

pub(crate) const NAME: &str = "thread-latency";

const GOAL: &str = "1.0";

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let calls = arguments.calls(2_000);
    let plan = Plan {
        calls,
        in_flight: 1,
        laps: 10,
    };
    let unit = Unit {
        name: "µs",
        of_cost: Box::new(move |seconds| seconds / calls as f64 * 1e6),
    };
    relay::measure((NAME, GOAL), plan, unit, arguments)
}
