//! Panicking tasks: whom they hurt, and what their error knows.

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
};

use concurrent_futures::{ReturnWhen, Submit, capture_panics, task, wait};
use tests::{DEADLINE, Soon, call, far::FarHeld, run};

use crate::{
    fixture::{Fixture, LocalWorkers, Workers, any},
    tasks::{answer, stumble, whereabouts},
};

pub(crate) fn a_panic_comes_back_as_an_error_with_its_message<F: Fixture>() {
    let pool = any::<F>(1);

    let error = stumble::submit(&pool, 13).soon().unwrap_err();

    assert!(error.is_panicked());
    assert_eq!(error.message(), Some("stumbled at 13"));
}

pub(crate) fn a_panic_names_its_task<F: Fixture>() {
    let pool = any::<F>(1);

    let error = stumble::submit(&pool, 13).soon().unwrap_err();

    assert!(
        error.task().is_some_and(|name| name.contains("stumble")),
        "{:?}",
        error.task()
    );
}

#[task]
fn throw_a_number() -> u64 {
    panic_any(42_u64)
}

pub(crate) fn a_panic_without_a_text_has_a_message_all_the_same<F: Workers>() {
    let pool = any::<F>(1);

    let error = throw_a_number::submit(&pool).soon().unwrap_err();

    assert!(error.is_panicked() && error.message().is_some_and(|message| !message.is_empty()));
}

#[task]
fn throw(which: u8) -> u64 {
    match which {
        0 => panic_any(-17),
        1 => panic_any(1.5),
        2 => panic_any(true),
        3 => panic_any('é'),
        4 => panic_any(Box::<str>::from("out of paper")),
        5 => panic_any(Cow::Borrowed("out of paper")),
        _ => panic_any(vec![1_u8]),
    }
}

pub(crate) fn a_thrown_value_is_told_with_its_type<F: Fixture>() {
    let pool = any::<F>(1);
    let told = [
        "a value was thrown: -17 (i32)",
        "a value was thrown: 1.5 (f64)",
        "a value was thrown: true (bool)",
        "a value was thrown: 'é' (char)",
        "out of paper",
        "out of paper",
        "a value of a type that is no text or number was thrown",
    ];

    for (which, told) in (0..).zip(told) {
        let error = throw::submit(&pool, which).soon().unwrap_err();

        assert_eq!(error.message(), Some(told));
    }
}

pub(crate) fn a_panic_with_a_text_can_go_on_in_the_caller<F: Fixture>() {
    let pool = any::<F>(1);
    let error = stumble::submit(&pool, 3).soon().unwrap_err();

    let thrown = catch_unwind(AssertUnwindSafe(|| error.resume())).unwrap_err();

    assert_eq!(thrown.downcast_ref(), Some(&"stumbled at 3".to_owned()));
}

pub(crate) fn a_panic_can_go_on_in_the_caller<F: LocalWorkers>() {
    let pool = F::pool(1);
    let error = pool.submit(call(throw_a_number)).soon().unwrap_err();

    let thrown = catch_unwind(AssertUnwindSafe(|| error.resume())).unwrap_err();

    assert_eq!(thrown.downcast_ref(), Some(&42_u64));
}

pub(crate) fn a_panicking_task_hurts_no_other<F: Fixture>() {
    let pool = any::<F>(2);

    let futures: Vec<_> = (0..100).map(|n| stumble::submit(&pool, n)).collect();
    let done = wait(futures, ReturnWhen::AllCompleted, DEADLINE).done;

    let values: Vec<_> = done
        .into_iter()
        .filter_map(|future| future.soon().ok())
        .collect();
    assert_eq!(values, (0..100).filter(|n| n % 10 != 3).collect::<Vec<_>>());
}

pub(crate) fn a_panicking_task_leaves_the_running_ones_alone<F: Workers>() {
    let pool = any::<F>(2);
    let held = FarHeld::on(&pool, 42);

    stumble::submit(&pool, 3).soon().unwrap_err();

    assert!(held.future.running());
    assert_eq!(held.let_go().soon().unwrap(), 42);
}

pub(crate) fn a_worker_survives_the_panic_of_its_task<F: Workers>() {
    let pool = any::<F>(1);
    let before = whereabouts::submit(&pool).soon().unwrap();

    stumble::submit(&pool, 3).soon().unwrap_err();

    assert_eq!(whereabouts::submit(&pool).soon().unwrap(), before);
}

pub(crate) fn a_panic_tells_its_place_when_our_hook_is_installed<F: Fixture>() {
    capture_panics();
    let pool = any::<F>(1);

    let error = stumble::submit(&pool, 3).soon().unwrap_err();

    let place = error.location().expect("the hook saw it");
    let numbers: Vec<_> = place.rsplitn(3, ':').collect();
    assert!(numbers[2].ends_with("tasks.rs"), "{place}");
    assert!(
        numbers[..2]
            .iter()
            .all(|number| number.parse::<u32>().is_ok()),
        "{place}"
    );
}

pub(crate) fn what_did_not_panic_has_no_place<F: Workers>() {
    capture_panics();
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 0);
    let pending = answer::submit(&pool);

    pending.cancel();

    let error = pending.soon().unwrap_err();
    assert_eq!(
        (error.location(), error.backtrace(), error.message()),
        (None, None, None)
    );
    drop(held);
}

/// Each line the program prints is one thing its error knows.
#[test]
fn a_backtrace_is_taken_when_backtraces_are_on() {
    let ended = run(
        env!("CARGO_BIN_EXE_panic_place"),
        "captured",
        &[("RUST_BACKTRACE", "1")],
    );

    assert_eq!(
        ended.printed,
        "message: out of paper\nplace: yes\nbacktrace: yes\n"
    );
}

#[test]
fn no_backtrace_is_taken_when_backtraces_are_off() {
    let ended = run(
        env!("CARGO_BIN_EXE_panic_place"),
        "captured",
        &[("RUST_BACKTRACE", "0")],
    );

    assert_eq!(
        ended.printed,
        "message: out of paper\nplace: yes\nbacktrace: no\n"
    );
}

#[test]
fn without_our_hook_a_panic_has_its_message_alone() {
    let ended = run(
        env!("CARGO_BIN_EXE_panic_place"),
        "plain",
        &[("RUST_BACKTRACE", "1")],
    );

    assert_eq!(
        ended.printed,
        "message: out of paper\nplace: no\nbacktrace: no\n"
    );
}
