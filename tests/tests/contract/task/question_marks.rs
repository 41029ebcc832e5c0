//! `?` on what a task ends with, in functions with the usual types of errors.

use std::{error::Error, fs, io, num::ParseIntError, time::Duration};

use concurrent_futures::{Failure, Inline, PortableError, TaskError, TaskErrorKind, task};

type BoxError = Box<dyn Error + Send + Sync>;

#[task]
fn parse(text: &str) -> Result<u64, ParseIntError> {
    assert!(!text.is_empty(), "out of paper");
    text.parse()
}

#[task]
fn load(path: &str) -> io::Result<String> {
    assert!(!path.is_empty(), "out of paper");
    fs::read_to_string(path)
}

#[task]
fn order(text: &str) -> Result<u64, PortableError> {
    assert!(!text.is_empty(), "out of paper");
    Ok(text.parse::<u64>()?)
}

#[task]
fn grade(points: u64) -> Result<char, String> {
    assert!(points != 0, "out of paper");
    Err(format!("{points} points are too many"))
}

#[task]
fn boxed(is_io: bool) -> Result<(), BoxError> {
    if is_io {
        Err(io::Error::from(io::ErrorKind::AddrInUse))?;
    }
    Err("no room")?
}

fn into_anyhow(text: &str) -> anyhow::Result<u64> {
    Ok(parse::submit(&Inline, text).try_result()? + order::submit(&Inline, "1").try_result()?)
}

fn into_box(text: &str) -> Result<u64, Box<dyn Error>> {
    Ok(parse::submit(&Inline, text).try_result()? + order::submit(&Inline, "1").try_result()?)
}

fn into_sendable_box(text: &str) -> Result<u64, BoxError> {
    Ok(parse::submit(&Inline, text).try_result()? + order::submit(&Inline, "1").try_result()?)
}

fn into_io(path: &str) -> io::Result<String> {
    Ok(load::submit(&Inline, path).try_result()?)
}

fn into_io_from_others(text: &str, points: u64) -> io::Result<u64> {
    let number = parse::submit(&Inline, text).try_result()?;
    grade::submit(&Inline, points).try_result()?;
    Ok(number)
}

fn into_text(text: &str, points: u64) -> Result<u64, String> {
    let number = parse::submit(&Inline, text).try_result()?;
    grade::submit(&Inline, points).try_result()?;
    Ok(number)
}

fn into_text_from_a_task_error() -> Result<u64, String> {
    Ok(Err::<u64, _>(TaskError::rejected("no room"))?)
}

#[test]
fn a_failure_becomes_an_error_of_anyhow() {
    let (returned, panicked) = (into_anyhow("x").unwrap_err(), into_anyhow("").unwrap_err());

    assert_eq!(into_anyhow("7").unwrap(), 8);
    assert_eq!(returned.to_string(), "invalid digit found in string");
    assert_eq!(panicked.to_string(), "task panicked: out of paper");
    assert!(returned.is::<Failure<ParseIntError>>());
}

#[test]
fn a_failure_becomes_a_boxed_error() {
    assert_eq!(into_box("7").unwrap(), 8);
    assert_eq!(into_sendable_box("7").unwrap(), 8);
    for (text, error) in [
        ("x", "invalid digit found in string"),
        ("", "task panicked: out of paper"),
    ] {
        assert_eq!(into_box(text).unwrap_err().to_string(), error);
        assert_eq!(into_sendable_box(text).unwrap_err().to_string(), error);
    }
}

#[test]
fn a_returned_io_error_stays_what_it_is() {
    let (returned, panicked) = (into_io("no/such/file"), into_io(""));
    let (returned, panicked) = (returned.unwrap_err(), panicked.unwrap_err());

    assert_eq!(returned.kind(), io::ErrorKind::NotFound);
    assert_eq!(returned.raw_os_error(), Some(2));
    assert_eq!(panicked.to_string(), "task panicked: out of paper");
    assert!(panicked.downcast::<TaskError>().unwrap().is_panicked());
}

#[test]
fn a_boxed_io_error_becomes_what_it_was() {
    let kind = |is_io| {
        let failure = boxed::submit(&Inline, is_io).try_result().unwrap_err();
        io::Error::from(failure).kind()
    };

    assert_eq!(kind(true), io::ErrorKind::AddrInUse);
    assert_eq!(kind(false), io::ErrorKind::Other);
}

#[test]
fn any_other_failure_becomes_an_io_error_with_its_text() {
    let errors = [
        into_io_from_others("x", 1),
        into_io_from_others("7", 101),
        into_io_from_others("7", 0),
    ];

    assert_eq!(
        errors.map(|error| error.unwrap_err().to_string()),
        [
            "invalid digit found in string",
            "101 points are too many",
            "task panicked: out of paper"
        ]
    );
}

#[test]
fn a_task_error_becomes_an_io_error_of_a_kind_that_fits() {
    let errors = [
        (
            TaskError::timed_out(Duration::ZERO),
            io::ErrorKind::TimedOut,
        ),
        (TaskError::memory_exceeded(1, 2), io::ErrorKind::OutOfMemory),
        // Not `Interrupted`, after which readers and writers try again for ever.
        (TaskError::cancelled(), io::ErrorKind::Other),
        (TaskError::worker_lost("it fell down"), io::ErrorKind::Other),
    ];

    for (error, kind) in errors {
        let io = io::Error::from(error.clone());
        assert_eq!((io.kind(), io.to_string()), (kind, error.to_string()));
    }
}

#[test]
fn a_failure_becomes_a_text() {
    let errors = [into_text("x", 1), into_text("7", 101), into_text("7", 0)];

    assert_eq!(
        errors.map(Result::unwrap_err),
        [
            "invalid digit found in string",
            "101 points are too many",
            "task panicked: out of paper"
        ]
    );
    assert_eq!(into_text_from_a_task_error().unwrap_err(), "no room");
}

#[test]
fn what_is_no_error_itself_is_boxed_by_name() {
    let boxed = |points| -> Result<char, BoxError> {
        let result = grade::submit(&Inline, points).try_result();
        result.map_err(Failure::boxed)
    };

    assert_eq!(
        boxed(101).unwrap_err().to_string(),
        "101 points are too many"
    );
    let panicked = boxed(0).unwrap_err().downcast::<TaskError>().unwrap();
    assert_eq!(panicked.kind(), TaskErrorKind::Panicked);
}

/// An error type of the user's, which is made from both errors and knows no `Failure`.
#[derive(Debug, thiserror::Error)]
enum OrderError {
    #[error("no number")]
    Number(#[from] ParseIntError),
    #[error("no answer")]
    Task(#[from] TaskError),
}

#[test]
fn two_question_marks_serve_an_error_type_of_the_user() {
    let ordered = |text| -> Result<u64, OrderError> { Ok(parse::submit(&Inline, text).result()??) };

    assert!(matches!(ordered("x"), Err(OrderError::Number(_))));
    assert!(matches!(ordered(""), Err(OrderError::Task(_))));
    assert_eq!(ordered("7").unwrap(), 7);
}
