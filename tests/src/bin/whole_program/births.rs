//! Programs that become workers where that is hard, or must not be.

use std::{
    env,
    ffi::OsString,
    fs::OpenOptions,
    io::{Read, Seek, Write},
    process,
};

use concurrent_futures::{ProcessPool, ProcessPoolBuilder, task};
use tests::Soon;

/// As often `main` may run before the program ends itself: by then it starts itself for ever.
const MAINS: usize = 4;

/// Runs the program of this name, if it is one of these.
pub(crate) fn run(name: &str) -> bool {
    match name {
        "asks" => ask(),
        "asks and notes" => ask_and_note(),
        "asks as another user" => ask_as_another_user(),
        _ => return false,
    }
    true
}

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

/// The argument of this number behind the name of the program, if it was given.
fn argument(number: usize) -> Option<OsString> {
    env::args_os().nth(1 + number)
}

/// Says what came of a call, or why there is no pool.
fn answer(builder: ProcessPoolBuilder) {
    match builder.workers(1).build() {
        Ok(pool) => say_answer(&pool),
        Err(error) => println!("no pool: {}", with_cause(&error)),
    }
}

fn say_answer(pool: &ProcessPool) {
    match double::submit(pool, 21).soon() {
        Ok(number) => println!("answer: {number}"),
        Err(error) => println!("no answer: {}", with_cause(&error)),
    }
}

fn with_cause(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

/// Has one call run in a worker, which is this program or the one that its second argument names.
fn ask() {
    let builder = ProcessPool::builder();
    answer(match argument(1) {
        Some(program) => builder.program(program),
        None => builder,
    });
}

/// Adds a line for this run of `main` to the file that its second argument names.
fn note_main() {
    let notes = argument(1).expect("a file for notes is named");
    let notes = OpenOptions::new().append(true).read(true).open(notes);
    let mut notes = notes.expect("the test has made it");
    writeln!(notes, "main").expect("there is room");
    let mut text = String::new();
    notes.rewind().expect("it is a file");
    notes.read_to_string(&mut text).expect("it holds text");
    if text.lines().count() >= MAINS {
        println!("started itself again and again");
        process::exit(9);
    }
}

/// As [`ask`], with a note of each `main`; its third argument names another program for workers.
fn ask_and_note() {
    note_main();
    let builder = ProcessPool::builder();
    answer(match argument(2) {
        Some(program) => builder.program(program),
        None => builder,
    });
}

/// Makes a pool, becomes the user whom its third argument names, and asks for a worker.
#[expect(unsafe_code, reason = "becomes another user")]
fn ask_as_another_user() {
    note_main();
    let user = argument(2).and_then(|user| user.to_str()?.parse().ok());
    let user: libc::uid_t = user.expect("a user is named");
    let pool = ProcessPool::builder().workers(1).build();
    let pool = pool.expect("this program was initialized");
    // SAFETY: changes the ids of all threads, and nothing in memory.
    let done = unsafe { libc::setuid(user) };
    assert_eq!(done, 0, "root may become anybody");
    say_answer(&pool);
}
