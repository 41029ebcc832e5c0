//! Many small calls to processes: all of them pending, and 200 in flight.

use crate::peers;
use crate::relay::{self, Plan};
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;

pub(crate) const ALL: &str = "process-throughput";

pub(crate) const WINDOW: &str = "process-window";

const CALLS: u64 = 100_000;

pub(crate) fn measure_all(arguments: &Arguments) -> Report {
    let calls = arguments.calls(CALLS);
    measure(ALL, calls as usize, arguments)
}

pub(crate) fn measure_window(arguments: &Arguments) -> Report {
    measure(WINDOW, 200, arguments)
}

fn measure(work: &'static str, in_flight: usize, arguments: &Arguments) -> Report {
    let plan = Plan {
        calls: arguments.calls(CALLS),
        in_flight,
        laps: 1,
    };
    relay::measure(work, plan, &peers::many_in_processes(), arguments)
}
