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

#[path = "../compare/arguments.rs"]
mod arguments;
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
#[path = "../compare/report.rs"]
mod report;
#[path = "../compare/rounds.rs"]
mod rounds;

use arguments::Arguments;
use report::{Report, Unit};
use rounds::{Entrant, Role};

/// A name to select the work by, what its figure should be, and who runs.
struct Work {
    name: &'static str,
    goal: &'static str,
    entrants: &'static [Pile],
}

/// A name, a role, and what piles up so many calls and weighs them.
type Pile = (&'static str, Role, fn(u64) -> f64);

const WORKS: [Work; 2] = [
    Work {
        name: "memory",
        goal: "192 B at most",
        entrants: &[
            ("ThreadPool", Role::Ours, pile::on_ours),
            ("threadpool+oneshot", Role::Peer, pile::on_threadpool),
            ("bare channel+oneshot", Role::Limit, pile::on_bare_channel),
        ],
    },
    Work {
        name: "process-memory",
        goal: "256 B at most, and arguments",
        entrants: &[
            ("ProcessPool", Role::Ours, process_pile::on_ours),
            ("procspawn", Role::Peer, process_pile::on_procspawn),
        ],
    },
];

/// As many workers as each entrant may use.
const WORKERS: usize = 2;

fn main() {
    // This program is also the worker of pools: those go no further.
    let _guard = concurrent_futures::init();
    procspawn::init();
    let arguments = Arguments::read();
    let chosen = WORKS.iter().filter(|work| arguments.selects(work.name));
    let reports: Vec<Report> = chosen
        .map(|work| {
            let report = measure(work, &arguments);
            println!("{report}");
            report
        })
        .collect();
    if arguments.markdown() && !reports.is_empty() {
        println!("{}", report::markdown(&reports));
    }
}

fn measure(work: &Work, arguments: &Arguments) -> Report {
    let calls = arguments.calls(100_000);
    let entrants = work.entrants.iter().map(|&(name, role, pile)| Entrant {
        name,
        role,
        turn: Box::new(move || pile(calls)),
    });
    Report {
        work: work.name,
        goal: work.goal,
        unit: Unit {
            name: "B",
            of_cost: Box::new(|bytes| bytes),
        },
        standings: rounds::alternate(entrants.collect(), arguments.schedule(3, 1)),
    }
}
