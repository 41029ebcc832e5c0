//! Ours against the peers: `cargo bench`.
//!
//! ```text
//!   cargo bench                                   every work, 11 rounds
//!   cargo bench -- thread-window --rounds 21      one work, more rounds
//!   cargo bench -- chunks                         automatic chunks of `map`
//!                                                 against fixed sizes
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
mod chunks;
mod coarse;
mod echo;
mod grind;
mod meeting;
mod mix;
mod peers;
mod process_latency;
mod process_map;
mod process_payload;
mod process_recovery;
mod process_start;
mod process_throughput;
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

const WORKS: [Work; 17] = [
    (thread_window::NAME, thread_window::measure),
    (thread_throughput::NAME, thread_throughput::measure),
    (thread_latency::NAME, thread_latency::measure),
    (coarse::NAME, coarse::measure),
    (wait_first::NAME, wait_first::measure),
    (process_throughput::ALL, process_throughput::measure_all),
    (
        process_throughput::WINDOW,
        process_throughput::measure_window,
    ),
    (process_map::NAME, process_map::measure),
    (process_latency::BUSY, process_latency::measure_busy),
    (process_latency::COLD, process_latency::measure_cold),
    (process_payload::NAME, process_payload::measure),
    (process_start::NAME, process_start::measure),
    (process_recovery::NAME, process_recovery::measure),
    (chunks::UNIFORM_FINE.work, |arguments| {
        chunks::UNIFORM_FINE.measure(arguments)
    }),
    (chunks::UNIFORM_COARSE.work, |arguments| {
        chunks::UNIFORM_COARSE.measure(arguments)
    }),
    (chunks::GROWING.work, |arguments| {
        chunks::GROWING.measure(arguments)
    }),
    (chunks::WILD.work, |arguments| {
        chunks::WILD.measure(arguments)
    }),
];

/// As many workers as each entrant may use.
const WORKERS: usize = 2;

fn main() {
    // As a user's program runs: with the panic hook that `main` installs.
    // This program is also the worker of pools: those go no further.
    let _guard = concurrent_futures::init();
    procspawn::init();
    echo::serve_if_asked();
    let arguments = Arguments::read();
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
