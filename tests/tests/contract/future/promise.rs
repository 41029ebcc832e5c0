//! The executor author's half of a call: a promise, kept once or not at all.

use concurrent_futures::{Failure, Promise, ReturnWhen, TaskError, wait};
use tests::{Gate, MOMENT, Soon, blocked};

#[test]
fn a_finished_promise_gives_the_value() {
    let (mut promise, future) = Promise::new();
    assert!(promise.start());

    promise.finish(Ok(42)).unwrap();

    assert_eq!(future.soon().unwrap(), 42);
}

#[test]
fn a_promise_can_finish_without_a_start() {
    let (promise, future) = Promise::new();

    promise.finish(Ok(42)).unwrap();

    assert_eq!(future.soon().unwrap(), 42);
}

#[test]
fn a_promise_can_finish_with_an_error() {
    let (promise, future) = Promise::<u64>::new();

    promise.finish(Err(TaskError::rejected("no room"))).unwrap();

    assert_eq!(future.soon().unwrap_err().to_string(), "no room");
}

#[test]
fn a_promise_that_nobody_started_is_pending() {
    let (_promise, future) = Promise::<u64>::new();

    let timed_out = future.get_timeout(MOMENT).is_err();

    assert!(timed_out && !future.running() && !future.done());
}

#[test]
fn a_started_promise_is_running() {
    let (mut promise, future) = Promise::<u64>::new();

    let runs = promise.start();

    assert!(runs && future.running() && !future.done());
}

#[test]
fn an_outcome_that_comes_too_late_is_handed_back() {
    let (promise, future) = Promise::new();
    assert!(future.cancel());

    let late = promise.finish(Ok("late".to_owned()));

    assert_eq!(late.unwrap_err().unwrap(), "late");
}

#[test]
fn an_error_that_comes_too_late_is_handed_back() {
    let (promise, future) = Promise::<u64>::new();
    assert!(future.cancel());

    let late = promise.finish(Err(TaskError::rejected("no room")));

    assert!(late.unwrap_err().unwrap_err().is_rejected());
}

#[test]
fn the_first_outcome_stays() {
    let (promise, future) = Promise::new();
    assert!(future.cancel());

    promise.finish(Ok(42)).unwrap_err().unwrap();

    assert!(future.cancelled());
    assert!(future.soon().unwrap_err().is_cancelled());
}

#[test]
fn starting_a_cancelled_call_says_do_not_run() {
    let (mut promise, future) = Promise::<u64>::new();
    future.cancel();

    let runs = promise.start();

    assert!(!runs && future.cancelled() && !future.running());
}

#[test]
fn a_started_promise_cannot_be_cancelled() {
    let (mut promise, future) = Promise::new();
    promise.start();

    let cancelled = future.cancel();
    promise.finish(Ok(42)).unwrap();

    assert!(!cancelled);
    assert_eq!(future.soon().unwrap(), 42);
}

#[test]
fn a_promise_dropped_before_its_start_completes_the_future_as_lost() {
    let (promise, future) = Promise::<u64>::new();

    drop(promise);

    assert!(future.soon().unwrap_err().is_worker_lost());
}

#[test]
fn a_promise_dropped_while_running_completes_the_future_as_lost() {
    let (mut promise, future) = Promise::<u64>::new();
    promise.start();

    drop(promise);

    assert!(future.done() && !future.running());
    assert!(future.soon().unwrap_err().is_worker_lost());
}

#[test]
fn a_dropped_promise_wakes_whoever_waits() {
    let (promise, future) = Promise::<u64>::new();
    let waiting = blocked(move || future.result());

    drop(promise);

    assert!(waiting.woken().unwrap_err().is_worker_lost());
}

#[test]
fn a_cancelled_call_stays_cancelled_when_its_promise_is_dropped() {
    let (promise, future) = Promise::<u64>::new();
    future.cancel();

    drop(promise);

    assert!(future.soon().unwrap_err().is_cancelled());
}

#[test]
fn a_promise_runs_a_body_and_keeps_its_value() {
    let (promise, future) = Promise::new();

    promise.run(|| 42);

    assert_eq!(future.soon().unwrap(), 42);
}

#[test]
fn a_promise_that_runs_a_body_catches_its_panic() {
    let (promise, future) = Promise::<u64>::new();

    promise.run(|| panic!("out of paper"));

    assert_eq!(future.soon().unwrap_err().message(), Some("out of paper"));
}

#[test]
fn a_promise_does_not_run_the_body_of_a_cancelled_call() {
    let (promise, future) = Promise::new();
    let ran = Gate::new();
    future.cancel();

    promise.run(|| ran.open());

    assert!(!ran.is_open() && future.cancelled());
}

#[test]
fn a_value_that_nobody_wants_is_dropped() {
    let (promise, future) = Promise::new();
    let dropped = Gate::new();
    let value = dropped.open_on_drop();
    future.detach();

    promise.finish(Ok(value)).unwrap();

    assert!(dropped.is_open());
}

#[test]
fn a_promise_is_asked_to_stop_by_abort() {
    let (mut promise, future) = Promise::<u64>::new();
    promise.start();
    assert!(!promise.should_stop());

    let told = future.abort();

    assert!(told && promise.should_stop() && !future.done());
}

#[test]
fn a_promise_gives_its_name_to_the_future() {
    let (_promise, future) = Promise::<u64>::named("download");

    let name = future.name();

    assert_eq!(name, "download");
}

#[test]
fn a_promise_without_a_name_says_what_it_is() {
    let (_promise, future) = Promise::<u64>::new();

    let name = future.name();

    assert_eq!(name, "promise");
}

#[test]
fn an_err_that_a_promise_tries_to_finish_with_is_a_failure() {
    let (promise, failed) = Promise::<Result<u64, String>>::new();
    let (_other, pending) = Promise::<Result<u64, String>>::new();

    promise.try_finish(Err("out of paper".into())).unwrap();

    let waited = wait([&failed, &pending], ReturnWhen::FirstException, MOMENT);
    assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
    let failure = failed.try_result().unwrap_err();
    assert!(matches!(failure, Failure::Returned(text) if text == "out of paper"));
}

#[test]
fn an_err_that_a_promise_tries_to_run_into_is_a_failure() {
    let (promise, failed) = Promise::new();
    let (_other, pending) = Promise::new();

    promise.try_run(|| "1x".parse::<u64>());

    let waited = wait([&failed, &pending], ReturnWhen::FirstException, MOMENT);
    assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
    assert!(matches!(failed.try_result(), Err(Failure::Returned(_))));
}

#[test]
fn an_err_among_the_values_of_a_promise_is_no_failure() {
    let (finished, one) = Promise::<Result<u64, String>>::new();
    let (ran, two) = Promise::<Result<u64, String>>::new();
    let (_other, pending) = Promise::<Result<u64, String>>::new();

    finished.finish(Ok(Err("a value".into()))).unwrap();
    ran.run(|| Err("a value".into()));

    let waited = wait([&one, &two, &pending], ReturnWhen::FirstException, MOMENT);
    assert_eq!(waited.done.len(), 2, "the time ran out, for nothing failed");
}

#[test]
fn an_ok_that_a_promise_tries_to_finish_with_is_no_failure() {
    let (promise, future) = Promise::<Result<u64, String>>::new();
    let (running, other) = Promise::<Result<u64, String>>::new();
    let (_other, pending) = Promise::<Result<u64, String>>::new();

    promise.try_finish(Ok(7)).unwrap();
    running.try_run(|| Ok(8));

    let waited = wait(
        [&future, &other, &pending],
        ReturnWhen::FirstException,
        MOMENT,
    );
    assert_eq!(waited.done.len(), 2);
    assert_eq!(
        (future.try_result().unwrap(), other.try_result().unwrap()),
        (7, 8)
    );
}

#[test]
fn what_a_promise_tries_to_finish_with_too_late_is_handed_back() {
    let (promise, future) = Promise::<Result<u64, String>>::new();
    future.cancel();

    let back = promise.try_finish(Err("late".into()));

    assert_eq!(back, Err(Err("late".into())));
}

#[test]
fn a_promise_that_tries_to_run_a_body_catches_its_panic() {
    let (promise, future) = Promise::<Result<u64, String>>::new();

    promise.try_run(|| panic!("out of paper"));

    assert_eq!(future.soon().unwrap_err().message(), Some("out of paper"));
}
