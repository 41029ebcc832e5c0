//! Systems that give some threads and refuse the next.
//!
//! A program runs with so little address space that it holds a few of its large
//! stacks. Only Linux keeps that limit.

use tests::run_with_address_space;

use crate::pool::own_threads::OwnThreads;

fn run(mode: &str, address_space_kib: u64) -> String {
    let program = env!("CARGO_BIN_EXE_refused_threads");
    let ended = run_with_address_space(program, mode, address_space_kib);
    assert_eq!(ended.code, Some(0), "{}{}", ended.printed, ended.complaints);
    ended.printed
}

pub(crate) fn calls_run_on_the_threads_there_are_when_more_are_refused() {
    let printed = run("queued", 4 << 20);

    assert_eq!(
        printed,
        "fewer threads than workers: yes\nsome threads: yes\nran: 100\n"
    );
}

pub(crate) fn threads_that_started_before_one_was_refused_are_gone() {
    let printed = run("at_once", 4 << 20);

    assert_eq!(printed, "refused: yes\nafterwards: 42\n");
}

pub(crate) fn nested_waits_end_when_extra_threads_are_refused<F: OwnThreads>() {
    let printed = run(&format!("nested {}", F::SHORT), 256 << 10);

    assert_eq!(printed, "ended: yes\nafterwards: 42\n");
}

pub(crate) fn a_call_with_stack_enough_runs_in_place_when_an_extra_thread_is_refused<
    F: OwnThreads,
>() {
    let printed = run(&format!("half_full {}", F::SHORT), 256 << 10);

    assert_eq!(printed, "depth: 80\n");
}
