//! Every error as a user first sees it: out of `main`, of `unwrap` and of `expect`.
//!
//! These print `Debug`, which begins with the error's text, way out included. The program
//! `fails` has a case for each error type of the library; the sources tell whether it has all.

use std::{collections::BTreeSet, fs, path::Path};

use concurrent_futures::{Failure, TaskError};
use tests::run;

/// Error types that no user gets by their own type: what they are instead.
const NOT_SEEN: &[(&str, &str)] = &[
    (
        "CauseText",
        "a cause of a `PortableError`, whose `Debug` writes it",
    ),
    (
        "CodecError",
        "the cause of a `TaskError`, whose text contains it",
    ),
    (
        "ReasonText",
        "an error inside of a serializer, whose text alone is kept",
    ),
];

fn cases() -> Vec<String> {
    let listed = run(env!("CARGO_BIN_EXE_fails"), "list", &[]).printed;
    listed.lines().map(str::to_owned).collect()
}

/// What each case prints as its text, and then as an error.
fn seen(how: &str) -> Vec<(String, String, String)> {
    let of = |name: String| {
        let ended = run_case(&name, how);
        let text = ended.printed.trim_end().to_owned();
        assert!(
            !text.is_empty() && ended.code != Some(0),
            "{name}: {ended:?}"
        );
        (name, text, ended.complaints)
    };
    cases().into_iter().map(of).collect()
}

fn run_case(name: &str, how: &str) -> tests::Ended {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fails"));
    command.args([name, how]);
    tests::run_command(command)
}

#[track_caller]
fn assert_text_first(how: &str, before: &str) {
    for (name, text, complaints) in seen(how) {
        let shown = complaints.split_once(before);
        let shown = shown.map(|(_, shown)| shown).unwrap_or_default();
        assert!(shown.starts_with(&text), "{name}, `{text}`: {complaints}");
    }
}

#[test]
fn an_error_that_leaves_main_shows_its_text_first() {
    assert_text_first("question", "Error: ");
}

#[test]
fn an_error_that_is_unwrapped_shows_its_text_first() {
    assert_text_first("unwrap", "called `Result::unwrap()` on an `Err` value: ");
}

#[test]
fn an_error_that_was_not_expected_shows_its_text_first() {
    assert_text_first("expect", "it works: ");
}

#[test]
fn an_error_that_leaves_main_shows_the_way_out_and_its_causes() {
    let [attribute, causes, told] = [
        "BuildError::NotInitialized",
        "Failure::Returned with causes",
        "TaskError::WorkerLost",
    ]
    .map(|name| run_case(name, "question").complaints);

    assert!(
        attribute.contains("; put `#[concurrent_futures::main]` on its `main`, or call `init()`"),
        "{attribute}"
    );
    let text = "Error: order cannot be read\n\nCaused by:\n    invalid digit found in string\n";
    assert_eq!(causes, text);
    let end =
        "it said last:\n  | there is no paper\n  | and no ink\n[WorkerLost, task `fails::die`]\n";
    assert!(told.ends_with(end), "{told}");
}

/// A returned error that is no `Error` has a text all the same, which is shown once.
#[test]
fn a_returned_text_is_shown_as_it_is() {
    let returned = |text: &str| format!("{:?}", Failure::Returned(text.to_owned()));
    let task = Failure::<String>::Task(TaskError::rejected("no room"));

    assert_eq!(returned("no \"paper\""), "no \"paper\"");
    assert_eq!(format!("{task:?}"), "no room [Rejected]");
}

#[test]
fn what_debug_of_a_returned_error_says_more_is_shown_in_brackets() {
    let error = "7x".parse::<u8>().unwrap_err();

    let shown = format!("{:?}", Failure::Returned(error));

    let text = "invalid digit found in string [ParseIntError { kind: InvalidDigit }]";
    assert_eq!(shown, text);
}

#[test]
fn every_error_type_of_the_library_has_a_case() {
    let name_of = |case: &str| case.split([':', ' ']).next().map(str::to_owned);
    let cases: BTreeSet<_> = cases().iter().filter_map(|case| name_of(case)).collect();

    let mut types = error_types();
    for (name, why) in NOT_SEEN {
        assert!(types.remove(*name), "{name} is no error type; it was {why}");
    }

    assert_eq!(
        cases, types,
        "give the missing type a case in the program `fails`"
    );
}

/// The error types that the library's sources declare and do not keep to the crate.
fn error_types() -> BTreeSet<String> {
    let mut texts = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src");
    read(&root, &mut texts);
    let types = texts
        .iter()
        .flat_map(|text| implemented(text).chain(derived(text)));
    types.collect()
}

fn read(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            read(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push(fs::read_to_string(path).expect("it is a text"));
        }
    }
}

/// The types of `impl Error for Type`, whatever the parameters and the path of the trait.
fn implemented(text: &str) -> impl Iterator<Item = String> {
    let lines = text.lines().filter(|line| line.starts_with("impl"));
    lines.filter_map(|line| {
        let (before, after) = line.split_once("Error for ")?;
        before.ends_with([' ', ':']).then(|| word(after))
    })
}

/// The types that derive `thiserror::Error`, but for those that the crate keeps to itself.
fn derived(text: &str) -> impl Iterator<Item = String> {
    text.split("thiserror::Error").skip(1).filter_map(|after| {
        let item = after
            .lines()
            .find(|line| line.contains("enum ") || line.contains("struct "))?;
        let name = ["pub enum ", "pub struct "]
            .iter()
            .find_map(|start| item.strip_prefix(start))?;
        Some(word(name))
    })
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|char| char.is_alphanumeric())
        .collect()
}
