//! What a worker reads and prints, and what it takes itself for.

use std::{
    env,
    io::{self, Read, Write},
};

use concurrent_futures::{ProcessPool, task};
use tests::Soon;

/// Says that its `main` runs, and whether it has found a mark.
pub(crate) fn say_what_it_is() {
    let is_marked = env::var_os("CONCURRENT_FUTURES_WORKER").is_some();
    println!("an ordinary program, marked: {is_marked}");
}

#[task]
fn print_part(part: u32) {
    print!("task {part}, ");
}

/// Tasks print parts of a line, and this program the rest.
pub(crate) fn print_by_turns() {
    let pool = one_worker();
    for part in 0..20 {
        print_part::submit(&pool, part).soon().expect("it prints");
        println!("program {part}");
        io::stdout().flush().expect("somebody reads");
    }
}

#[task]
fn read_input() -> u64 {
    let mut text = String::new();
    let len = io::stdin().read_to_string(&mut text);
    len.expect("it can be read") as u64
}

/// A task reads its standard input, and then this program its own.
pub(crate) fn read_by_turns() {
    let pool = one_worker();
    let of_task = read_input::submit(&pool).soon().expect("it reads");
    let of_program = read_input();
    println!("task {of_task}, program {of_program}");
}

/// Panics under a name that every backtrace tells.
#[inline(never)]
fn run_out_of_paper() -> u32 {
    panic!("out of paper")
}

#[task]
fn print_much() -> u32 {
    run_out_of_paper()
}

/// A task panics; what its error knows.
pub(crate) fn tell_of_a_panic() {
    let error = print_much::submit(&one_worker()).soon();
    let error = error.expect_err("the task panics");
    let place = error.location().unwrap_or_default();
    let stack = error.backtrace().unwrap_or_default();
    println!("message: {}", error.message().unwrap_or_default());
    println!("place: {}", place.contains("streams.rs:"));
    println!("backtrace: {}", stack.contains("run_out_of_paper"));
}

fn one_worker() -> ProcessPool {
    let builder = ProcessPool::builder().workers(1);
    builder.build().expect("this program was initialized")
}
