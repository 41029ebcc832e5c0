//! A thousand calls in flight: what a loop that keeps a pool busy reaches.

use crate::arguments::Arguments;
use crate::relay::{self, Plan};
use crate::report::{Report, Unit};

pub(crate) const NAME: &str = "thread-window";

const GOAL: &str = "2.0";

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let calls = arguments.calls(100_000);
    let plan = Plan {
        calls,
        in_flight: 1_000,
        laps: 10,
    };
    let unit = Unit {
        name: "M/s",
        of_cost: Box::new(move |seconds| calls as f64 / seconds / 1e6),
    };
    relay::measure((NAME, GOAL), plan, unit, arguments)
}
