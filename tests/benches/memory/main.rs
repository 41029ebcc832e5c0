//! The bytes a pending call holds: `cargo bench -- memory`.
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
#[path = "../compare/mix.rs"]
mod mix;
mod pile;
#[path = "../compare/report.rs"]
mod report;
#[path = "../compare/rounds.rs"]
mod rounds;

use arguments::Arguments;
use report::{Report, Unit};
use rounds::{Entrant, Role};

const NAME: &str = "memory";

const GOAL: &str = "192 B at most";

fn main() {
    let arguments = Arguments::read();
    if !arguments.selects(NAME) {
        return;
    }
    let report = measure(&arguments);
    println!("{report}");
    if arguments.markdown() {
        println!("{}", report::markdown(&[report]));
    }
}

fn measure(arguments: &Arguments) -> Report {
    let calls = arguments.calls(100_000);
    let entrant = |name, role, turn: fn(u64) -> f64| Entrant {
        name,
        role,
        turn: Box::new(move || turn(calls)),
    };
    let entrants = vec![
        entrant("ThreadPool", Role::Ours, pile::on_ours),
        entrant("threadpool+oneshot", Role::Peer, pile::on_threadpool),
        entrant("bare channel+oneshot", Role::Limit, pile::on_bare_channel),
    ];
    Report {
        work: NAME,
        goal: GOAL,
        unit: Unit {
            name: "B",
            of_cost: Box::new(|bytes| bytes),
        },
        standings: rounds::alternate(entrants, arguments.schedule(3, 1)),
    }
}
