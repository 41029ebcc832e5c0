//! Submit one, wait for it, again: there and back, with nothing to hide behind.

use crate::peers;
use crate::relay::{self, Plan};
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;

pub(crate) const NAME: &str = "thread-latency";

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let calls = arguments.calls(2_000);
    let plan = Plan {
        calls,
        in_flight: 1,
        laps: 10,
    };
    relay::measure(NAME, plan, &peers::on_threads(), arguments)
}
