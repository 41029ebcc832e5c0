//! What a task costs to compile: `cargo bench --bench compile`.
//!
//! ```text
//!   program     holds                                  is
//!   tasks       100 functions with `#[task]`           ours
//!   structs     100 functions, each beside a struct    what calls as bytes
//!               of its arguments, derived by serde     cost by hand
//!   plain       100 functions                          the least there is
//! ```
//!
//! `cargo check` and `cargo build` compile all three in every round, in a
//! rotating order, not incrementally, after a lap that builds what they depend
//! on. A ratio tells how many times as long the tasks take, so above 1 means
//! that ours is slower. `--quick` takes a tenth of the functions. In a test
//! run (without `--bench`) the programs are written, and not compiled.

mod cargo;
mod program;
mod report;
#[expect(dead_code, reason = "four lines need no table")]
#[path = "../shared/mod.rs"]
mod shared;
mod workspace;

use program::Program;
use report::Report;
use shared::arguments::Arguments;
use shared::rounds::{self, Entrant, Role};
use std::io;
use workspace::Workspace;

/// A name to select the work by, and what cargo does in it.
const WORKS: [(&str, &str); 2] = [("compile-check", "check"), ("compile-build", "build")];

fn main() -> io::Result<()> {
    let arguments = Arguments::read();
    let chosen = WORKS.iter().filter(|(name, _)| arguments.selects(name));
    let workspace = Workspace::write(arguments.calls(100))?;
    if arguments.is_benchmark() {
        chosen.for_each(|(name, verb)| print!("{}", measure(name, verb, &workspace, &arguments)));
    }
    Ok(())
}

fn measure(
    work: &'static str,
    verb: &'static str,
    workspace: &Workspace,
    arguments: &Arguments,
) -> Report {
    let entrant = |program: Program, role| Entrant {
        name: program.name(),
        role,
        turn: Box::new(move || cargo::time(verb, program, workspace)),
    };
    let entrants = vec![
        entrant(Program::Tasks, Role::Ours),
        entrant(Program::Structs, Role::Peer),
        entrant(Program::Plain, Role::Limit),
    ];
    Report {
        work,
        standings: rounds::alternate(entrants, arguments.schedule(11, 1)),
    }
}
