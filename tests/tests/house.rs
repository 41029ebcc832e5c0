//! The house rules that neither compiler nor lints check: layers, sizes, words, orderings.
//!
//! ```text
//!   source   reads files: lines, comments, and the tokens that are not for tests alone
//!     |
//!     +--> paths --> layers   which part, room and file uses which
//!     +--> sizes              how long a file, a function and a line is
//!     +--> words, machine     what no comment, and no committed text says
//!     +--> orderings          which memory orderings are explained
//!     +--> docs, items --> examples   which public functions have an example
//!     +--> builders           what limits are called
//!     +--> hidden             which lines of examples a reader does not see
//! ```
//!
//! A failure lists `file:line: what is wrong; what to do`. Each checker has tests of its own on
//! small strings, so that a rule that can no longer fail is noticed. `offences` prints what a
//! folder or file breaks of the rules on lines, words, orderings and circles:
//! `HOUSE=runtime/src/queue cargo test -p tests --test house -- --ignored`.

#[path = "house/builders.rs"]
mod builders;
#[path = "house/docs.rs"]
mod docs;
#[path = "house/examples.rs"]
mod examples;
#[path = "house/hidden.rs"]
mod hidden;
#[path = "house/items.rs"]
mod items;
#[path = "house/layers.rs"]
mod layers;
#[path = "house/machine.rs"]
mod machine;
#[path = "house/orderings.rs"]
mod orderings;
#[path = "house/paths.rs"]
mod paths;
#[path = "house/sizes.rs"]
mod sizes;
#[path = "house/source.rs"]
mod source;
#[path = "house/words.rs"]
mod words;

use source::Source;

/// The parts of the runtime, lowest first: a part uses itself and those above its own line, no
/// other.
const ORDER: &[&str] = &[
    "sync",           // The locks, atomics and threads: std's, or those of models; chosen once.
    "deadline",       // Limits of time, as moments.
    "slab",           // Memory for cells, in lines of a cache.
    "id",             // The numbers that tell calls and executors apart.
    "queue",          // First in, first out, from any thread to any thread.
    "error",          // What a caller can be told.
    "unwind",         // Catching a panic, with its place and backtrace.
    "origin",         // Whether this process is the one that made something.
    "hooks",          // Where tests reach into a worker process.
    "worker_context", // Who a thread is: its executor, its stack.
    "exit",           // What still runs when `main` ends.
    "portable",       // What can become bytes, and how.
    "task",           // The user's function as a type; a call and its options.
    "cell",           // The one thing that a future and its job share.
    "future",         // The two ends of one result.
    "chunk",          // Several calls as one: a map's memory.
    "executor",       // What every executor keeps; jobs; the inline one.
    "wait",           // Waiting for several futures.
    "map",            // One task over many inputs.
    "submit",         // What callers do with an executor.
    "pool_common",    // What the pools of this process have in common.
    "threads",        // The executor on threads.
    "work_stealing",  // The executor on rayon.
    "processes",      // The executor on worker processes.
    "pool",           // An executor chosen by a text.
    "start",          // The first thing a program does.
];

/// The files of the crate root: they gather the parts, may use all of them, and none may use them.
const ROOTS: &[&str] = &["lib", "prelude", "private", "remote", "shuttle_pools"];

/// The rooms of `processes`, lowest first: what both sides share, then the worker's side, then the
/// parent's.
const ROOMS: &[&str] = &[
    "os",               // What the system tells and does.
    "shared",           // Memory that both sides map.
    "wire",             // Bytes that both sides speak.
    "worker",           // What runs in the worker only.
    "parent/handle",    // Process and connection of one worker.
    "parent/scheduler", // Which worker gets which call.
    "parent/spawn",     // Starting workers.
    "parent/stderr",    // What workers say on standard error.
    "parent/io",        // The event loop over the connections.
    "parent",           // The pool.
];

/// The two sides of `processes`: neither uses the other.
const SIDES: &[&str] = &["worker", "parent"];

/// Files that may need one another, with the reason; without `src/` and `.rs`.
const CIRCLES: &[(&[&str], &str)] = &[
    (
        &[
            "cell/cell_ref",
            "cell/header",
            "cell/extras",
            "cell/watchers",
        ],
        "a type that contains itself: the header of a cell keeps its watchers, and a done-callback \
         is lent the cell",
    ),
    (
        &["threads/shared", "threads/worker_loop"],
        "a submitter starts a worker when it pushes, and a worker runs on what the pool shares",
    ),
    (
        &[
            "work_stealing/handle",
            "work_stealing/wake_job",
            "work_stealing/serve",
        ],
        "a handle wakes a worker by a job of rayon's, whose work is to serve that handle's queue",
    ),
    (
        &["processes/parent/builder", "processes/parent/pool"],
        "`ProcessPool::builder` returns the builder, which builds a `ProcessPool`",
    ),
];

/// Public functions that have no example, with the reason.
const WITHOUT_EXAMPLE: &[(&str, &str)] = &[
    ("RemoteCall::deadline", IN_ITS_TYPE),
    ("RemoteCall::is_pending", IN_ITS_TYPE),
    ("RemoteCall::name", IN_ITS_TYPE),
    ("RemoteCall::id", IN_ITS_TYPE),
    (
        "RemoteCall::hold_while_pending",
        "that of a `Job` does the same, and shows it",
    ),
    ("Parts::new", IN_ITS_TYPE),
    ("Parts::clear", IN_ITS_TYPE),
    ("Parts::len", IN_ITS_TYPE),
    ("Parts::is_empty", IN_ITS_TYPE),
    ("Parts::iter", IN_ITS_TYPE),
    ("Part::pieces", IN_ITS_TYPE),
    ("Part::len", IN_ITS_TYPE),
    ("Part::to_vec", IN_ITS_TYPE),
];

/// Only an executor has such a value, and its whole program is as long as that of its neighbours.
const IN_ITS_TYPE: &str = "the example of the type, a whole executor, calls it";

#[test]
fn arrows_point_down() {
    let sources = source::files(&["runtime/src"]);
    let found = layers::wrong_arrows(&sources, ORDER, ROOTS);
    report("a part uses only itself and the parts below it", found);
}

#[test]
fn rooms_of_processes_use_those_below_them() {
    let sources = source::files(&["runtime/src"]);
    let found = layers::wrong_rooms(&sources, "processes", ROOMS, SIDES);
    report("a room uses only itself and the rooms below it", found);
}

#[test]
fn files_go_in_no_circle() {
    report("files that need one another are one file", circles());
}

#[test]
fn every_part_in_the_order_exists() {
    let sources = source::files(&["runtime/src"]);
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
    let found = library().iter().filter_map(sizes::long_file).collect();
    report("a file is about one thing", found);
}

#[test]
fn files_open_with_their_idea() {
    let found = library().iter().filter_map(sizes::no_opening).collect();
    report("a file says first what it is about", found);
}

#[test]
fn functions_fit_in_the_eye() {
    let found = library().iter().flat_map(sizes::long_functions).collect();
    report("a function fits in the eye", found);
}

#[test]
fn lines_are_narrow() {
    report("a line has at most 100 columns", widths());
}

#[test]
fn comments_name_who_acts_and_what_is_counted() {
    report("a comment is plain", phrases());
}

#[test]
fn orderings_are_explained() {
    report("a memory ordering has its reason", unexplained());
}

#[test]
fn public_functions_have_examples() {
    let functions = examples::public_functions(&source::files(&["runtime/src"]));
    assert!(functions.len() > 200, "{} are found", functions.len());

    let is_argued = |function: &&examples::Function| {
        let mut argued = WITHOUT_EXAMPLE.iter();
        argued.any(|(name, _)| *name == function.name)
    };
    let found = functions
        .iter()
        .filter(|function| function.has_example == is_argued(function))
        .map(|function| format!("{}: `{}`", function.place, function.name));
    report(
        "a public function has an example, or a reason in house.rs",
        found.collect(),
    );
}

#[test]
fn limits_of_builders_have_one_style() {
    let found = library().iter().flat_map(builders::odd_limits).collect();
    report("a limit is `…_timeout` or `max_…`", found);
}

#[test]
fn examples_hide_nothing_that_a_reader_needs() {
    report("what an example shows compiles when copied", hides());
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
    let found = texts.flat_map(|(path, text)| machine::of_one_machine(path, &text));
    report("what is committed works on every machine", found.collect());
}

/// What a folder breaks of these rules.
#[test]
#[ignore = "prints what `HOUSE=folder` breaks"]
fn offences() {
    let below = std::env::var("HOUSE").unwrap_or_default();
    let all = [circles(), widths(), phrases(), unexplained(), hides()].concat();
    let found = all
        .into_iter()
        .filter(|found| found.contains(&below))
        .collect();
    report(&format!("what `{below}` breaks"), found);
}

fn library() -> Vec<Source> {
    source::files(&["runtime/src", "macros/src"])
}

fn everything() -> Vec<Source> {
    source::files(&["runtime/src", "macros/src", "tests", "examples", "ui-tests"])
}

/// The Markdown files, with their texts.
fn markdown() -> impl Iterator<Item = (String, String)> {
    let all = source::committed().unwrap_or_default().into_iter();
    let markdown = all.filter(|path| path.ends_with(".md"));
    markdown.filter_map(|path| Some((path.clone(), source::read(&path)?)))
}

fn circles() -> Vec<String> {
    let crates = ["runtime/src", "macros/src"].map(|folder| source::files(&[folder]));
    crates
        .iter()
        .flat_map(|sources| layers::circles(sources, ROOTS, CIRCLES))
        .collect()
}

fn widths() -> Vec<String> {
    let mut found: Vec<_> = everything().iter().flat_map(sizes::wide_lines).collect();
    found.extend(markdown().flat_map(|(path, text)| sizes::wide_prose(&path, &text)));
    found
}

fn phrases() -> Vec<String> {
    let mut found: Vec<_> = everything().iter().flat_map(words::in_comments).collect();
    found.extend(
        markdown().flat_map(|(path, text)| words::in_paragraph(&path, sizes::prose(&text))),
    );
    found
}

fn hides() -> Vec<String> {
    let sources = library().into_iter();
    let code = sources.flat_map(|source| hidden::in_examples(&source.path, &source.lines));
    let pages = markdown().flat_map(|(path, text)| {
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        hidden::in_examples(&path, &lines)
    });
    code.chain(pages).collect()
}

fn unexplained() -> Vec<String> {
    library().iter().flat_map(orderings::unexplained).collect()
}

#[track_caller]
fn report(rule: &str, found: Vec<String>) {
    let (count, list) = (found.len(), found.join("\n  "));
    assert!(found.is_empty(), "{rule}; {count} times not:\n  {list}\n");
}
