//! Ours against the peers: `cargo bench`.
//!
//! ```text
//!   cargo bench                                   every work, 11 rounds
//!   cargo bench -- thread-window --rounds 21      one work, more rounds
//!   cargo bench -- --quick                        a tenth of it, 3 rounds
//!   cargo bench -- --markdown                     also a table
//! ```
//!
//! Each work lets every entrant run in every round, in a rotating order, with
//! two workers everywhere, and compares inside the round: a machine that
//! drifts slows all of them alike. A ratio above 1 means that ours is
//! better. Every result is checked. The figures are reported, never judged:
//! a slow machine fails nothing.

mod arguments;
mod coarse;
mod grind;
mod mix;
mod peers;
mod relay;
mod report;
mod rounds;
mod thread_latency;
mod thread_throughput;
mod thread_window;
mod wait_first;

use arguments::Arguments;
use report::Report;

/// A name to select the work by, and how to measure it.
type Work = (&'static str, fn(&Arguments) -> Report);

const WORKS: [Work; 5] = [
    (thread_window::NAME, thread_window::measure),
    (thread_throughput::NAME, thread_throughput::measure),
    (thread_latency::NAME, thread_latency::measure),
    (coarse::NAME, coarse::measure),
    (wait_first::NAME, wait_first::measure),
];

/// As many workers as each entrant may use.
const WORKERS: usize = 2;

fn main() {
    let arguments = Arguments::read();
    // As a user's program runs: with the panic hook that `main` installs.
    let _guard = concurrent_futures::init();
    let chosen = WORKS.iter().filter(|(name, _)| arguments.selects(name));
    let reports: Vec<Report> = chosen
        .map(|(_, measure)| {
            let report = measure(&arguments);
            println!("{report}");
            report
        })
        .collect();
    if arguments.markdown() {
        println!("{}", report::markdown(&reports));
    }
}
