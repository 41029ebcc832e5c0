//! Whether what a task returns counts as a failure: asked of its type, whatever that is called.

use std::{fmt, io, num::ParseIntError, time::Instant};

use concurrent_futures::{
    Failure, Inline, PortableError, Promise, ReturnWhen, Submit, Task, task, wait,
};
use tests::{DEADLINE, MOMENT, Soon};

use crate::fixture::{Fixture, any};

type Parsed = Result<u8, ParseIntError>;
type Checked<T, E = PortableError> = Result<T, E>;
type Twice<T> = Option<Result<T, String>>;

#[task]
fn of_io(n: u8) -> io::Result<u8> {
    if n == 0 {
        Err(io::ErrorKind::NotFound.into())
    } else {
        Ok(n)
    }
}

#[task]
fn of_formatting(n: u8) -> fmt::Result {
    if n == 0 { Err(fmt::Error) } else { Ok(()) }
}

#[task]
fn of_an_alias(text: &str) -> Parsed {
    text.parse()
}

#[task]
fn of_a_generic_alias(text: &str) -> Checked<u8> {
    Ok(text.parse()?)
}

#[task]
fn of_a_path(n: u8) -> std::result::Result<u8, String> {
    if n == 0 { Err("zero".into()) } else { Ok(n) }
}

#[task]
fn of_an_option(n: u8) -> Option<u8> {
    (n != 0).then_some(n)
}

#[task]
fn of_a_result_inside(n: u8) -> Twice<u8> {
    Some(if n == 0 { Err("zero".into()) } else { Ok(n) })
}

#[task]
fn of_a_result_around(n: u8) -> Result<Result<u8, String>, String> {
    Ok(if n == 0 { Err("zero".into()) } else { Ok(n) })
}

#[task]
fn of_nothing(n: u8) {
    assert_eq!(n, 0);
}

/// Whether it is a failure: what the task says, and what `wait` for the first one makes of it.
#[track_caller]
fn fails<T: Task>(call: T, output: &T::Output) -> bool {
    let says = T::failed(output);
    // Behind one that is pending for ever only a failure ends the wait at once.
    let (future, never) = (
        Inline.submit(call),
        concurrent_futures::Promise::<T::Output>::new(),
    );
    future.get_soon().unwrap();
    let futures = [&future, &never.1];
    let (limit, began) = (if says { DEADLINE } else { MOMENT }, Instant::now());
    let waited = wait(futures, ReturnWhen::FirstException, limit);
    let ended_early = began.elapsed() < limit;
    assert_eq!((waited.done.len(), ended_early), (1, says));
    says
}

#[test]
fn an_err_is_a_failure_whatever_its_type_is_called() {
    let failed = [
        fails(of_io::new(0), &of_io(0)),
        fails(of_formatting::new(0), &of_formatting(0)),
        fails(of_an_alias::new("x"), &of_an_alias("x")),
        fails(of_a_generic_alias::new("x"), &of_a_generic_alias("x")),
        fails(of_a_path::new(0), &of_a_path(0)),
    ];

    assert_eq!(failed, [true; 5]);
}

#[test]
fn an_ok_is_no_failure() {
    let failed = [
        fails(of_io::new(1), &of_io(1)),
        fails(of_formatting::new(1), &of_formatting(1)),
        fails(of_an_alias::new("1"), &of_an_alias("1")),
        fails(of_a_generic_alias::new("1"), &of_a_generic_alias("1")),
        fails(of_a_path::new(1), &of_a_path(1)),
    ];

    assert_eq!(failed, [false; 5]);
}

#[test]
fn what_is_no_result_is_no_failure() {
    let failed = [
        fails(of_an_option::new(0), &of_an_option(0)),
        fails(of_a_result_inside::new(0), &of_a_result_inside(0)),
        fails(of_a_result_around::new(0), &of_a_result_around(0)),
        fails(of_nothing::new(0), &()),
    ];

    assert_eq!(failed, [false; 4]);
}

pub(crate) fn try_result_parts_what_was_returned_from_what_went_wrong<F: Fixture>() {
    let pool = any::<F>(1);

    let ended = of_a_generic_alias::submit(&pool, "7").try_result();
    let returned = of_a_generic_alias::submit(&pool, "x").try_result();
    let panicked = fails_to_run::submit(&pool, 1).try_result();

    assert_eq!(ended.ok(), Some(7));
    let expected = of_a_generic_alias("x").unwrap_err();
    assert!(matches!(returned, Err(Failure::Returned(error)) if error == expected));
    assert!(matches!(panicked, Err(Failure::Task(error)) if error.is_panicked()));
}

/// A failure to `failure`, to `FirstException` and to `{:?}`.
pub(crate) fn a_failure_is_one_thing_to_all_that_ask<F: Fixture>() {
    let pool = any::<F>(1);
    let cases = [
        (of_a_generic_alias::submit(&pool, "7"), false),
        (of_a_generic_alias::submit(&pool, "x"), true),
        (fails_to_run::submit(&pool, 0), false),
        (fails_to_run::submit(&pool, 1), true),
    ];

    for (future, is_failure) in cases {
        let _ = future.get_soon();
        let (_promise, pending) = Promise::<Checked<u8>>::new();
        let (limit, begin) = (if is_failure { DEADLINE } else { MOMENT }, Instant::now());
        let _ = wait([&future, &pending], ReturnWhen::FirstException, limit);
        let wakes = begin.elapsed() < limit;
        let shown = format!("{future:?}");
        let says_so = ["failed", "panicked"]
            .iter()
            .any(|word| shown.contains(word));

        assert_eq!(
            [wakes, says_so, future.failure().is_some()],
            [is_failure; 3],
            "{shown}"
        );
        let error = match future.failure() {
            Some(Failure::Task(error)) => Some(error.kind()),
            _ => None,
        };
        assert_eq!(future.exception().map(|error| error.kind()), error);
    }
}

#[task]
fn fails_to_run(n: u8) -> Result<u8, PortableError> {
    assert_eq!(n, 0, "out of paper");
    Ok(n)
}
