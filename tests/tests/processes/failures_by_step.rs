//! What goes wrong at each step of a call: with its arguments, in the task, with its result.

use concurrent_futures::{TaskError, TaskErrorKind, task};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use tests::{Soon, far::Death};

use crate::kit::{Pool, pool};

/// A step of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Step {
    EncodeArgument,
    DecodeArgument,
    Run,
    EncodeResult,
    DecodeResult,
    Never,
}

/// How it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum How {
    Error,
    Panic,
    Abort,
}

/// What goes wrong, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Fault(Step, How);

impl Fault {
    /// Goes wrong, if this is the step.
    fn at(self, step: Step) -> Result<(), &'static str> {
        match self {
            Self(at, _) if at != step => Ok(()),
            Self(_, How::Error) => Err("out of paper"),
            Self(_, How::Panic) => panic!("out of ink"),
            Self(_, How::Abort) => Death::Abort.now(),
        }
    }
}

#[derive(Debug, PartialEq)]
struct Argument(Fault);

#[derive(Debug, PartialEq)]
struct Outcome(Fault);

macro_rules! faulty {
    ($value:ident, $encode:ident, $decode:ident) => {
        impl Serialize for $value {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.at(Step::$encode).map_err(ser::Error::custom)?;
                self.0.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $value {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let fault = Fault::deserialize(deserializer)?;
                fault.at(Step::$decode).map_err(de::Error::custom)?;
                Ok(Self(fault))
            }
        }
    };
}

faulty!(Argument, EncodeArgument, DecodeArgument);
faulty!(Outcome, EncodeResult, DecodeResult);

#[task]
fn pass_on(argument: Argument) -> Result<Outcome, String> {
    argument.0.at(Step::Run)?;
    Ok(Outcome(argument.0))
}

/// What becomes of a call with this fault, in the midst of others, which end well.
#[track_caller]
fn fate(step: Step, how: How) -> Result<Result<Outcome, String>, TaskError> {
    let pool = pool(2);
    let sound = |pool: &Pool| pass_on::submit(pool, Argument(Fault(Step::Never, how)));
    let before: Vec<_> = (0..10).map(|_| sound(&pool)).collect();
    let faulty = pass_on::submit(&pool, Argument(Fault(step, how)));
    let after: Vec<_> = (0..10).map(|_| sound(&pool)).collect();

    let fate = faulty.soon();

    for call in before.into_iter().chain(after) {
        assert_eq!(call.soon().unwrap(), Ok(Outcome(Fault(Step::Never, how))));
    }
    fate
}

#[track_caller]
fn assert_fails(step: Step, how: How, kind: TaskErrorKind, word: &str) {
    let error = fate(step, how).unwrap_err();

    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(word), "{error}");
    assert_eq!(error.task(), Some("processes::failures_by_step::pass_on"));
}

macro_rules! fails {
    ($($fact:ident: $step:ident, $how:ident, $kind:ident, $word:literal;)*) => {$(
        #[test]
        fn $fact() {
            assert_fails(Step::$step, How::$how, TaskErrorKind::$kind, $word);
        }
    )*};
}

fails! {
    an_argument_that_is_not_written_is_a_typed_error: EncodeArgument, Error, Encode, "out of paper";
    an_argument_that_panics_when_written_is_a_typed_error: EncodeArgument, Panic, Encode, "out of ink";
    an_argument_that_is_not_read_is_a_typed_error: DecodeArgument, Error, Decode, "`argument`";
    an_argument_that_panics_when_read_is_a_typed_error: DecodeArgument, Panic, Decode, "out of ink";
    an_argument_that_aborts_when_read_loses_its_worker:
        DecodeArgument, Abort, WorkerLost, "SIGABRT";
    a_task_that_panics_is_a_typed_error: Run, Panic, Panicked, "out of ink";
    a_task_that_aborts_loses_its_worker: Run, Abort, WorkerLost, "SIGABRT";
    a_result_that_is_not_written_is_a_typed_error: EncodeResult, Error, Encode, "out of paper";
    a_result_that_panics_when_written_is_a_typed_error: EncodeResult, Panic, Encode, "out of ink";
    a_result_that_aborts_when_written_loses_its_worker: EncodeResult, Abort, WorkerLost, "SIGABRT";
    a_result_that_is_not_read_is_a_typed_error: DecodeResult, Error, Decode, "result";
    a_result_that_panics_when_read_is_a_typed_error: DecodeResult, Panic, Decode, "out of ink";
}

#[test]
fn an_err_of_a_task_comes_back_typed_and_equal() {
    let outcome = fate(Step::Run, How::Error).unwrap();

    assert_eq!(outcome, Err("out of paper".to_owned()));
}

#[test]
fn what_cannot_be_written_fails_before_submit_returns() {
    let pool = pool(1);

    let call = pass_on::submit(&pool, Argument(Fault(Step::EncodeArgument, How::Panic)));

    assert!(call.done() && pool.pids().is_empty());
    assert!(call.soon().unwrap_err().is_encode());
}

#[test]
fn the_panic_of_a_task_says_where_it_was() {
    let error = fate(Step::Run, How::Panic).unwrap_err();

    assert_eq!(error.message(), Some("out of ink"));
    let place = error.location().expect("workers tell the place");
    assert!(place.contains("processes/failures_by_step.rs:"), "{place}");
}
