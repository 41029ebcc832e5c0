//! A thousand calls in flight: what a loop that keeps a pool busy reaches.

use crate::peers;
use crate::relay::{self, Plan};
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;

pub(crate) const NAME: &str = "thread-window";

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let calls = arguments.calls(100_000);
    let plan = Plan {
        calls,
        in_flight: 1_000,
        laps: 10,
    };
    relay::measure(NAME, plan, &peers::on_threads(), arguments)
}
