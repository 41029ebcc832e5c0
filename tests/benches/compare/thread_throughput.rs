//! Everything pending at once: what a call costs while nobody takes results.

use crate::arguments::Arguments;
use crate::relay::{self, Plan};
use crate::report::{Report, Unit};

pub(crate) const NAME: &str = "thread-throughput";

const GOAL: &str = "1.3";

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let calls = arguments.calls(1_000_000);
    let plan = Plan {
        calls,
        in_flight: calls as usize,
        laps: 1,
    };
    let unit = Unit {
        name: "M/s",
        of_cost: Box::new(move |seconds| calls as f64 / seconds / 1e6),
    };
    relay::measure((NAME, GOAL), plan, unit, arguments)
}
