//! The bytes a pending call holds, on threads and on processes:
//! `cargo bench -- memory`.
//!
//! ```text
//!   gate shut    both workers wait inside a call
//!   submit       100,000 calls pile up        <- live bytes, after - before
//!   gate open    they run, and every result is checked
//! ```
//!
//! Counted are the bytes asked of the allocator, in the queue, in the call
//! and in the caller's own handle. A program of its own, because counting
//! would slow the other works.

#[expect(
    unsafe_code,
    reason = "an allocator can only be replaced by an unsafe impl"
)]
mod counting;
mod gate;
#[expect(dead_code, reason = "nobody is to be killed or told apart")]
#[path = "../compare/meeting.rs"]
mod meeting;
#[path = "../compare/mix.rs"]
mod mix;
mod pile;
mod process_pile;
#[expect(dead_code, reason = "tables and pictures are made by `report`")]
#[path = "../shared/mod.rs"]
mod shared;

use shared::arguments::Arguments;
use shared::figures::Keeper;
use shared::report::Report;
use shared::rounds::{self, Entrant, Role};
use shared::works::{PROCESSES, STEALING, THREADS};

/// A name to select the work by, and who piles up.
type Work = (&'static str, &'static [Pile]);

/// A name, a role, and what piles up calls and weighs them.
type Pile = (&'static str, Role, fn(u64) -> f64);

const WORKS: [Work; 2] = [
    (
        "memory",
        &[
            (THREADS, Role::Ours, pile::on_threads),
            (STEALING, Role::Ours, pile::on_stealing),
            ("threadpool+oneshot", Role::Peer, pile::on_threadpool),
            ("bare channel+oneshot", Role::Limit, pile::on_bare_channel),
        ],
    ),
    (
        "process-memory",
        &[
            (PROCESSES, Role::Ours, process_pile::on_ours),
            ("procspawn", Role::Peer, process_pile::on_procspawn),
        ],
    ),
];

/// The number of workers that each entrant may use.
const WORKERS: usize = 2;

fn main() {
    // This program is also the worker of pools: those go no further.
    let _guard = concurrent_futures::init();
    procspawn::init();
    let arguments = Arguments::read();
    let keeper = Keeper::new(&arguments);
    let chosen = WORKS.iter().filter(|(name, _)| arguments.selects(name));
    chosen.for_each(|work| keeper.tell(measure(work, &arguments)));
}

fn measure(&(name, piles): &Work, arguments: &Arguments) -> Report {
    let calls = arguments.calls(100_000);
    let entrants = piles.iter().map(|&(name, role, pile)| Entrant {
        name,
        role,
        turn: Box::new(move || pile(calls)),
    });
    let schedule = arguments.schedule(11, 1);
    Report::of(name, rounds::alternate(entrants.collect(), schedule))
}
