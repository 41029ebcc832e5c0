//! Ours against the peers: `cargo bench`.
//!
//! ```text
//!   cargo bench                                   every work, 11 rounds
//!   cargo bench -- thread-window --rounds 21      one work, more rounds
//!   cargo bench -- chunks                         automatic chunks of `map`
//!                                                 against fixed sizes
//!   cargo bench -- growth                         more calls, more submitters
//!   cargo bench -- --quick                        a tenth of it, 3 rounds
//!   cargo bench -- --markdown --svg docs/speed.svg     see `report`
//! ```
//!
//! Each work lets every entrant run in every round, in a rotating order, with
//! two workers everywhere, and compares inside the round: a machine that
//! drifts slows all of them alike. A ratio above 1 means that ours is
//! better. Every result is checked. The figures are reported, never judged:
//! a slow machine fails nothing.

mod chunks;
mod coarse;
mod echo;
mod grind;
mod growth;
mod map_fine;
mod mapping;
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
#[expect(dead_code, reason = "tables and pictures are made by `report`")]
#[path = "../shared/mod.rs"]
mod shared;
mod thread_latency;
mod thread_throughput;
mod thread_window;
mod wait_first;

use Measure::{One, Several};
use shared::arguments::Arguments;
use shared::figures::Keeper;
use shared::report::Report;

/// How a work is measured.
enum Measure {
    One(fn(&Arguments) -> Report),
    /// At several sizes.
    Several(fn(&Arguments) -> Vec<Report>),
}

/// A name to select the work by, and how it is measured.
type Work = (&'static str, Measure);

const WORKS: [Work; 20] = [
    (thread_window::NAME, One(thread_window::measure)),
    (thread_throughput::NAME, One(thread_throughput::measure)),
    (thread_latency::NAME, One(thread_latency::measure)),
    (map_fine::NAME, One(map_fine::measure)),
    (coarse::NAME, One(coarse::measure)),
    (wait_first::NAME, One(wait_first::measure)),
    (
        process_throughput::ALL,
        One(process_throughput::measure_all),
    ),
    (
        process_throughput::WINDOW,
        One(process_throughput::measure_window),
    ),
    (process_map::NAME, One(process_map::measure)),
    (process_latency::BUSY, One(process_latency::measure_busy)),
    (process_latency::COLD, One(process_latency::measure_cold)),
    (process_payload::NAME, One(process_payload::measure)),
    (process_start::NAME, One(process_start::measure)),
    (process_recovery::NAME, One(process_recovery::measure)),
    (
        chunks::UNIFORM_FINE.work,
        One(|asked| chunks::UNIFORM_FINE.measure(asked)),
    ),
    (
        chunks::UNIFORM_COARSE.work,
        One(|asked| chunks::UNIFORM_COARSE.measure(asked)),
    ),
    (
        chunks::GROWING.work,
        One(|asked| chunks::GROWING.measure(asked)),
    ),
    (chunks::WILD.work, One(|asked| chunks::WILD.measure(asked))),
    (growth::PENDING, Several(growth::measure_pending)),
    (growth::SUBMITTERS, Several(growth::measure_submitters)),
];

/// The number of workers that each entrant may use.
const WORKERS: usize = 2;

fn main() {
    // As a user's program runs: with the panic hook that `main` installs.
    // This program is also the worker of pools: those go no further.
    let _guard = concurrent_futures::init();
    procspawn::init();
    echo::serve_if_asked();
    let arguments = Arguments::read();
    let keeper = Keeper::new(&arguments);
    let chosen = WORKS.iter().filter(|(name, _)| arguments.selects(name));
    for (_, measure) in chosen {
        match measure {
            One(measure) => keeper.tell(measure(&arguments)),
            Several(measure) => {
                let reports = measure(&arguments);
                reports.into_iter().for_each(|report| keeper.tell(report));
            }
        }
    }
}
