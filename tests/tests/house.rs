//! The house rules that neither compiler nor lints check: layers, sizes, words.
//!
//! ```text
//!   source   reads files; blanks comments, strings and test code
//!     |
//!     +--> layers   which part uses which
//!     +--> sizes    how long a file and a function is
//!     +--> words    what no committed text says
//! ```
//!
//! The rules look at text, not at syntax trees: they need no dependency, and a macro's output is not
//! theirs. A failure lists `file:line: what is wrong; what to do`. Each checker has tests of its own
//! on small strings, so that a rule that can no longer fail is noticed.

#[path = "house/layers.rs"]
mod layers;
#[path = "house/sizes.rs"]
mod sizes;
#[path = "house/source.rs"]
mod source;
#[path = "house/words.rs"]
mod words;

use source::Source;

/// The parts of the runtime, lowest first: a part uses itself and those above its own line, no other.
const ORDER: &[&str] = &[
    "sync",          // The locks, atomics and threads: std's, or those of models; chosen once.
    "slab",          // Memory for cells, in lines of a cache.
    "id",            // The numbers that tell calls and executors apart.
    "queue",         // First in, first out, from any thread to any thread.
    "error",         // What a caller can be told.
    "unwind",        // Catching a panic, with its place and backtrace.
    "origin",        // Whether this process is the one that made something.
    "hooks",         // Where tests reach into a worker process.
    "worker",        // Who a thread is: its executor, its stack.
    "exit",          // What still runs when `main` ends.
    "portable",      // What can become bytes, and how.
    "task",          // The user's function as a type; a call and its options.
    "future",        // The two ends of one result, and the cell they share.
    "executor",      // What every executor keeps; jobs; the inline one.
    "wait",          // Waiting for several futures.
    "map",           // One task over many inputs.
    "submit",        // What callers do with an executor.
    "pool_common",   // What the pools of this process have in common.
    "threads",       // The executor on threads.
    "work_stealing", // The executor on rayon.
    "processes",     // The executor on worker processes.
    "pool",          // An executor chosen by a text.
    "start",         // The first thing a program does.
];

/// The files of the crate root: they gather the parts, may use all of them, and none may use them.
const ROOTS: &[&str] = &["lib", "prelude", "private", "remote", "shuttle_pools"];

#[test]
fn arrows_point_down() {
    let sources = source::files("runtime/src");
    let found = layers::wrong_arrows(&sources, ORDER, ROOTS);
    report("a part uses only itself and the parts below it", found);
}

#[test]
fn every_part_in_the_order_exists() {
    let sources = source::files("runtime/src");
    let found = layers::missing_parts(&sources, ORDER);
    report("ORDER in tests/tests/house.rs lists what there is", found);
}

#[test]
fn architecture_names_every_part() {
    let text = source::read("ARCHITECTURE.md").expect("ARCHITECTURE.md is the map of the parts");
    let found = layers::unnamed_parts(&text, ORDER);
    report("ARCHITECTURE.md names every part", found);
}

#[test]
fn files_are_short() {
    let found = our_sources().iter().filter_map(sizes::long_file).collect();
    report("a file is about one thing", found);
}

#[test]
fn files_open_with_their_idea() {
    let found = our_sources().iter().filter_map(sizes::no_opening).collect();
    report("a file says first what it is about", found);
}

#[test]
fn functions_fit_in_the_eye() {
    let found = our_sources()
        .iter()
        .flat_map(sizes::long_functions)
        .collect();
    report("a function fits in the eye", found);
}

#[test]
fn committed_text_is_at_home_anywhere() {
    let Some(paths) = source::committed() else {
        eprintln!("skipped: no git, or no repository");
        return;
    };

    let texts = paths
        .iter()
        .filter_map(|path| Some((path, source::read(path)?)));
    let found = texts
        .flat_map(|(path, text)| words::of_one_machine(path, &text))
        .collect();
    report("what is committed works on every machine", found);
}

fn our_sources() -> Vec<Source> {
    let mut sources = source::files("runtime/src");
    sources.extend(source::files("macros/src"));
    sources
}

#[track_caller]
fn report(rule: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{rule}:\n  {}\n", found.join("\n  "));
}
