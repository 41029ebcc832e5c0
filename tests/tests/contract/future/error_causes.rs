//! The cause that the author of an executor gives an error: it can be had back.

use std::{error::Error, fmt, ptr};

use concurrent_futures::{Executor, Here, Job, Promise, Submit, TaskError, ThreadPool};
use tests::Soon;

use crate::tasks::answer;

#[derive(Debug, PartialEq)]
struct OutOfPaper {
    trays: u8,
    source: fmt::Error,
}

impl fmt::Display for OutOfPaper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} trays are empty", self.trays)
    }
}

impl Error for OutOfPaper {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

fn cause() -> OutOfPaper {
    OutOfPaper {
        trays: 3,
        source: fmt::Error,
    }
}

fn given(error: &TaskError) -> Option<&OutOfPaper> {
    error.cause()?.downcast_ref()
}

#[test]
fn each_error_with_a_cause_gives_it_back() {
    let errors = [
        TaskError::rejected(cause()),
        TaskError::worker_lost(cause()),
        TaskError::executor_broken(cause()),
        TaskError::encode(cause()),
        TaskError::decode(cause()),
    ];

    for error in errors {
        assert_eq!(given(&error), Some(&cause()), "{error}");
        assert!(error.to_string().ends_with("3 trays are empty"));
        let source = error.source().expect("the cause has one");
        assert!(source.is::<fmt::Error>(), "the text has the cause already");
    }
}

#[test]
fn errors_without_a_cause_give_none() {
    let panicked = ThreadPool::new().spawn(|| panic!("no")).soon().unwrap_err();

    for error in [TaskError::cancelled(), panicked] {
        assert!(error.cause().is_none() && error.source().is_none());
    }
}

#[test]
fn a_text_is_a_cause_too() {
    let error = TaskError::rejected("no room");

    assert_eq!(error.cause().unwrap().to_string(), "no room");
}

#[test]
fn a_cause_stays_with_the_error_through_futures_callbacks_and_clones() {
    let (promise, future) = Promise::<u8>::new();
    let error = TaskError::rejected(cause());
    let first: *const OutOfPaper = given(&error).unwrap();
    let first = first.addr();
    future.add_done_callback(move |outcome| {
        let error = outcome.unwrap_err();
        assert_eq!(ptr::from_ref(given(&error).unwrap()).addr(), first);
    });

    promise.finish(Err(error)).unwrap();

    let (lent, taken) = (future.exception().unwrap(), future.soon().unwrap_err());
    for error in [lent.clone(), lent, taken] {
        assert_eq!(ptr::from_ref(given(&error).unwrap()).addr(), first);
    }
}

struct Refuses;

impl Executor for Refuses {
    type Reach = Here;

    fn execute(&self, job: Job) {
        job.fail(TaskError::rejected(cause()));
    }
}

#[test]
fn the_cause_that_an_executor_gives_reaches_the_submitter() {
    let future = answer::submit(&Refuses);
    let of_a_map = answer_map();

    assert_eq!(given(&future.soon().unwrap_err()), Some(&cause()));
    assert!(of_a_map.iter().all(|error| given(error) == Some(&cause())));
}

fn answer_map() -> Vec<TaskError> {
    let calls = [answer::new(), answer::new()];
    Refuses
        .map(calls)
        .map(|outcome| outcome.unwrap_err())
        .collect()
}
