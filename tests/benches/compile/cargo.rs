//! Cargo, started on one program, and the time it takes.

use crate::program::Program;
use crate::workspace::Workspace;
use std::process::{Command, Output};
use std::time::Instant;

/// Compiles the program once more, and returns the seconds.
///
/// # Panics
///
/// If cargo fails, with what it printed.
pub(crate) fn time(verb: &str, program: Program, workspace: &Workspace) -> f64 {
    let mut cargo = command(verb, program, workspace);
    workspace.renew(program).expect("it was written before");
    let start = Instant::now();
    let output = cargo.output().expect("cargo is where it was");
    let cost = start.elapsed().as_secs_f64();
    check(verb, program, &output);
    cost
}

/// As a user starts it: what our own cargo was told besides does not count.
fn command(verb: &str, program: Program, workspace: &Workspace) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args([verb, "--package", program.name()])
        .current_dir(workspace.folder())
        .env("CARGO_TARGET_DIR", workspace.folder().join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TERM_QUIET", "false")
        .env_remove("RUSTFLAGS");
    cargo
}

/// A program that cargo thinks unchanged would cost nothing.
fn check(verb: &str, program: Program, output: &Output) {
    let name = program.name();
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "`cargo {verb}` of `{name}` failed:\n{printed}"
    );
    assert!(
        printed.contains(&format!(" {name} v")),
        "`cargo {verb}` did not compile `{name}`:\n{printed}"
    );
}
