//! Everything pending at once: what a call costs while no result is taken.

use crate::peers;
use crate::relay::{self, Plan};
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;

pub(crate) const NAME: &str = "thread-throughput";

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let calls = arguments.calls(1_000_000);
    let plan = Plan {
        calls,
        in_flight: calls as usize,
        laps: 1,
    };
    relay::measure(NAME, plan, &peers::on_threads(), arguments)
}
