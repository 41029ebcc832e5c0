//! Serde impls of the user that fail or panic: a typed error of that call, and no other call hears
//! of it.

use std::{fmt, mem};

use concurrent_futures::{MapOptions, Submit, TaskError, TaskErrorKind, remote::Parts, task};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use tests::{Keeper, Soon, elsewhere::entry_of, handed};

use crate::{fixture::Loopback, tasks::double};

/// What goes wrong with a value, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Nothing,
    WriteFails,
    WritePanics,
    ReadFails,
    ReadPanics,
}

use Fault::{Nothing, ReadFails, ReadPanics, WriteFails, WritePanics};

const FAULTS: [Fault; 5] = [Nothing, WriteFails, WritePanics, ReadFails, ReadPanics];

/// A value that goes wrong as it says.
#[derive(Debug)]
struct Faulty(Fault);

impl Serialize for Faulty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            WriteFails => Err(ser::Error::custom("out of paper")),
            WritePanics => panic!("out of ink"),
            fault => (fault as u8).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Faulty {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match FAULTS[usize::from(u8::deserialize(deserializer)?)] {
            ReadFails => Err(de::Error::custom("out of glasses")),
            ReadPanics => panic!("out of light"),
            fault => Ok(Faulty(fault)),
        }
    }
}

#[task]
fn takes(before: String, faulty: Faulty, after: u8) -> String {
    format!("{before} {:?} {after}", faulty.0)
}

#[task]
fn gives(which: u8) -> Faulty {
    Faulty(FAULTS[usize::from(which)])
}

#[task]
fn gives_in_a_result(which: u8, is_fine: bool) -> Result<Faulty, Faulty> {
    let faulty = gives(which);
    if is_fine { Ok(faulty) } else { Err(faulty) }
}

fn given(fault: Fault) -> Result<String, TaskError> {
    takes::submit(&Loopback, "a".into(), Faulty(fault), 1).soon()
}

#[track_caller]
fn assert_fails<T: fmt::Debug>(
    outcome: Result<T, TaskError>,
    kind: TaskErrorKind,
    words: [&str; 2],
) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), kind);
    let text = error.to_string();
    assert!(
        text.starts_with(words[0]) && text.ends_with(words[1]),
        "{text}"
    );
    let task = error.task().unwrap_or_default();
    assert!(task.starts_with("contract::bytes::user_serde::"), "{task}");
    assert_eq!(given(Nothing).unwrap(), "a Nothing 1", "the next call runs");
}

const NOT_WRITTEN: &str = "value cannot be turned into bytes:";
const NOT_READ: &str = "bytes cannot be turned into a value:";

#[test]
fn an_argument_that_is_not_written_fails_its_call() {
    let words = [NOT_WRITTEN, "argument `faulty`: out of paper"];

    assert_fails(given(WriteFails), TaskErrorKind::Encode, words);
}

#[test]
fn an_argument_that_panics_when_written_fails_its_call() {
    let words = [NOT_WRITTEN, "out of ink"];

    assert_fails(given(WritePanics), TaskErrorKind::Encode, words);
}

#[test]
fn an_argument_that_is_not_read_fails_its_call() {
    let words = [
        NOT_READ,
        "argument `faulty`: its `Deserialize` refused what came",
    ];

    assert_fails(given(ReadFails), TaskErrorKind::Decode, words);
}

#[test]
fn an_argument_that_panics_when_read_fails_its_call() {
    let words = [NOT_READ, "out of light"];

    assert_fails(given(ReadPanics), TaskErrorKind::Decode, words);
}

#[test]
fn a_result_that_is_not_written_fails_its_call() {
    let outcome = gives::submit(&Loopback, 1).soon();

    let words = [NOT_WRITTEN, "result: out of paper"];
    assert_fails(outcome, TaskErrorKind::Encode, words);
}

#[test]
fn a_result_that_panics_when_written_fails_its_call() {
    let outcome = gives::submit(&Loopback, 2).soon();

    let words = [NOT_WRITTEN, "out of ink"];
    assert_fails(outcome, TaskErrorKind::Encode, words);
}

#[test]
fn a_result_that_is_not_read_fails_its_call() {
    let outcome = gives::submit(&Loopback, 3).soon();

    let words = [NOT_READ, "result: its `Deserialize` refused what came"];
    assert_fails(outcome, TaskErrorKind::Decode, words);
}

#[test]
fn a_result_that_panics_when_read_fails_its_call() {
    let outcome = gives::submit(&Loopback, 4).soon();

    let words = [NOT_READ, "out of light"];
    assert_fails(outcome, TaskErrorKind::Decode, words);
}

#[test]
fn each_side_of_a_result_may_fail_so() {
    let kinds = |is_fine| {
        let outcome = |which| gives_in_a_result::submit(&Loopback, which, is_fine).soon();
        [1, 2, 3, 4].map(|which| outcome(which).unwrap_err().kind())
    };

    let [encode, decode] = [TaskErrorKind::Encode, TaskErrorKind::Decode];
    assert_eq!(kinds(true), [encode, encode, decode, decode]);
    assert_eq!(kinds(false), [encode, encode, decode, decode]);
}

/// A call for each fault, and one more that is in order.
fn one_of_each() -> impl Iterator<Item = takes> + Send {
    let faults = FAULTS.into_iter().chain([Nothing]);
    faults.map(|fault| takes::new(String::new(), Faulty(fault), 1))
}

#[test]
fn in_a_chunk_only_the_call_at_fault_fails() {
    for size in [1, 2, 3, 6, 100] {
        let options = MapOptions::new().chunk_size(size);
        let outcomes: Vec<_> = Loopback.map_with(options, one_of_each()).unwrap().collect();

        let kinds = outcomes
            .iter()
            .map(|outcome| outcome.as_ref().err().map(TaskError::kind));
        let kinds: Vec<_> = kinds.collect();
        let [encode, decode] = [TaskErrorKind::Encode, TaskErrorKind::Decode].map(Some);
        assert_eq!(
            kinds,
            [None, encode, encode, decode, decode, None],
            "{size}"
        );
    }
}

#[test]
fn what_a_failed_call_of_a_chunk_had_written_is_in_no_other() {
    let faults = [
        WriteFails,
        Nothing,
        WritePanics,
        WriteFails,
        Nothing,
        Nothing,
    ];
    for len in [0, 1, 2_000] {
        let before = "x".repeat(len);
        let calls = faults.map(|fault| takes::new(before.clone(), Faulty(fault), 1));
        let options = MapOptions::new().chunk_size(6);

        let outcomes: Vec<_> = Loopback.map_with(options, calls).unwrap().collect();

        for (fault, outcome) in faults.iter().zip(outcomes) {
            let expected = (*fault == Nothing).then(|| format!("{before} Nothing 1"));
            assert_eq!(outcome.ok(), expected);
        }
    }
}

#[test]
fn in_a_chunk_only_the_result_at_fault_fails() {
    let options = MapOptions::new().chunk_size(10);

    let outcomes = gives::map_with(&Loopback, options, [0, 1, 2, 0, 3, 4, 0]).unwrap();

    let fine: Vec<_> = outcomes.map(|outcome| outcome.is_ok()).collect();
    assert_eq!(fine, [true, false, false, true, false, false, true]);
}

#[test]
fn a_chunk_of_which_nothing_is_written_is_not_sent() {
    let (keeper, mut parts) = (Keeper::default(), Parts::new());
    let calls = [WriteFails, WritePanics].map(|fault| takes::new(String::new(), Faulty(fault), 1));
    let options = MapOptions::new().chunk_size(2);
    let outcomes = keeper.map_with(options, calls).unwrap();

    let sent: Vec<_> = keeper
        .jobs()
        .into_iter()
        .map(|job| job.encode(&mut parts))
        .collect();

    assert!(matches!(*sent, [None]) && parts.is_empty());
    let kinds: Vec<_> = outcomes
        .map(|outcome| outcome.unwrap_err().kind())
        .collect();
    assert_eq!(kinds, [TaskErrorKind::Encode; 2]);
}

/// Panics when it is dropped, which is when it has been written.
#[derive(Debug, Serialize, Deserialize)]
struct Brittle(u8);

impl Drop for Brittle {
    fn drop(&mut self) {
        if self.0 == 1 {
            panic!("out of glue");
        }
    }
}

#[task]
fn takes_brittle(brittle: Brittle) -> u8 {
    brittle.0
}

#[task]
fn gives_brittle(n: u8) -> Brittle {
    Brittle(n)
}

#[test]
fn an_argument_that_panics_when_dropped_fails_no_call() {
    for n in [1, 2] {
        let outcome = takes_brittle::submit(&Loopback, Brittle(n)).soon();

        // It panics here, and again where it was read.
        match outcome {
            Ok(number) => assert_eq!((number, n), (2, 2)),
            Err(error) => assert!(error.is_panicked() && n == 1, "{error}"),
        }
    }
}

#[test]
fn a_result_that_panics_when_dropped_fails_no_call() {
    for n in [1, 2] {
        let result = gives_brittle::submit(&Loopback, n).soon().unwrap();

        assert_eq!(result.0, n);
        mem::forget(result);
    }
}

/// A remote executor fills one `Parts` with many calls.
#[test]
fn what_a_failed_call_had_written_is_in_no_part() {
    let (good, first) = handed(double::new(21));
    let (bad, second) = handed(takes::new("long".repeat(1_000), Faulty(WritePanics), 1));
    let (fine, third) = handed(double::new(4));
    let mut parts = Parts::new();

    let sent = [first, second, third].map(|job| job.encode(&mut parts));

    assert_eq!(sent.each_ref().map(Option::is_some), [true, false, true]);
    let lens: Vec<_> = parts.iter().map(|part| part.to_vec().len()).collect();
    assert_eq!(lens, [16, 16]);
    assert!(bad.soon().unwrap_err().is_encode());
    drop(sent);
    assert!(
        [good, fine]
            .into_iter()
            .all(|future| future.soon().unwrap_err().is_worker_lost())
    );
}

/// Throws something that panics once more when it is dropped.
struct Throws;

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a payload that panics")
    }
}

impl Serialize for Throws {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        std::panic::panic_any(Bomb)
    }
}

impl<'de> Deserialize<'de> for Throws {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        std::panic::panic_any(Bomb)
    }
}

#[task]
fn throws(_throws: Throws) {}

#[test]
fn what_a_write_throws_may_panic_too_and_strands_nobody() {
    let (future, job) = handed(throws::new(Throws));

    let sent = job.encode(&mut Parts::new());

    assert!(sent.is_none());
    let error = future.soon().unwrap_err();
    assert!(error.is_encode());
    let text = error.to_string();
    assert!(
        text.contains("`Serialize` or `Deserialize` panicked"),
        "{text}"
    );
}

#[test]
fn what_a_read_throws_may_panic_too_and_is_a_typed_error() {
    let length = 0_u64.to_le_bytes();

    let outcome = entry_of::<throws>().run(&length);

    assert!(outcome.unwrap_err().is_decode());
}
