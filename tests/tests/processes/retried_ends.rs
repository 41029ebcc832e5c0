//! Which ends of a call are retried: its worker's, and that of its time if asked. No other.

use std::time::Duration;

use concurrent_futures::{Submit, task};
use rustix::process::Signal;
use tests::{
    MOMENT, Soon,
    far::{Death, FarHeld, FileTally},
    system::signal,
};

use crate::{
    kit::{one_worker, pool},
    moments::{When, die_when},
    retries::retries,
    tasks::{note, survive, who},
};

#[test]
fn a_call_that_its_worker_had_not_claimed_was_not_started() {
    let (pool, pid) = one_worker();
    let log = FileTally::new();
    let held = FarHeld::on(&pool, 1);
    let behind = pool.submit_with(survive::new(&log, 7, usize::MAX), retries(1));

    signal(pid, Signal::KILL);

    assert!(held.future.soon().unwrap_err().is_worker_lost());
    assert_eq!(behind.soon().unwrap_err().attempts(), 2);
    assert_eq!(log.notes(), [7; 2]);
}

#[test]
fn a_call_that_was_claimed_by_a_dying_worker_and_not_run_is_retried() {
    for when in [When::Claimed, When::Decoded] {
        let (pool, _) = one_worker();
        let log = FileTally::new();
        let armed = die_when::submit(&pool, when);

        let call = pool.submit_with(note::new(&log, 7), retries(1));

        armed.soon().unwrap();
        assert_eq!(call.soon().unwrap(), 7, "{when:?}");
        assert_eq!(log.notes(), [7], "{when:?}");
    }
}

#[test]
fn a_call_whose_worker_dies_before_its_answer_is_whole_is_retried() {
    for when in [When::Ran, When::HalfAnswered] {
        let (pool, _) = one_worker();

        let call = pool.submit_with(die_when::new(when), retries(2));

        assert_eq!(call.soon().unwrap_err().attempts(), 3, "{when:?}");
    }
}

#[test]
fn a_call_that_has_answered_is_not_retried() {
    for when in [When::Answered, When::Finished] {
        let (pool, log) = (pool(1), FileTally::new());

        let call = pool.submit_with(note_and_die_when::new(&log, when), retries(5));

        call.soon().unwrap();
        who::submit(&pool).soon().unwrap();
        assert_eq!(log.count(), 1, "{when:?}");
    }
}

/// Notes that it runs, and has the worker die when it comes to this moment.
#[task]
fn note_and_die_when(log: &FileTally, when: When) {
    log.add();
    concurrent_futures::hooks::watch(when.moment(), || Death::Kill.now());
}

/// Notes that it runs, and hangs until it has been noted so often.
#[task(timeout = "1s")]
fn hang_until(log: &FileTally, attempt: usize) -> usize {
    log.add();
    while log.count() < attempt {
        std::thread::park();
    }
    log.count()
}

#[test]
fn a_time_out_is_not_retried_unless_that_is_asked() {
    let (pool, log) = (pool(1), FileTally::new());
    let options = retries(5).timeout(20 * MOMENT);

    let error = pool.submit_with(hang_until::new(&log, usize::MAX), options);

    let error = error.soon().unwrap_err();
    assert!(error.is_timed_out(), "{error}");
    assert_eq!(error.attempts(), 1);
    assert!(log.count() <= 1);
}

#[test]
fn a_time_out_is_retried_if_that_is_asked() {
    let (pool, log) = (pool(1), FileTally::new());
    let options = retries(2).retry_timeouts(true);

    let call = pool.submit_with(hang_until::new(&log, 3), options);

    assert_eq!(call.soon().unwrap(), 3, "each attempt has all of its time");
}

#[test]
fn the_last_time_out_of_several_says_how_many_there_were() {
    let (pool, log) = (pool(1), FileTally::new());
    let options = retries(2).retry_timeouts(true).timeout(MOMENT);

    let call = pool.submit_with(hang_until::new(&log, usize::MAX), options);

    let error = call.soon().unwrap_err();
    assert!(error.is_timed_out(), "{error}");
    assert_eq!(error.attempts(), 3);
    let text = error.to_string();
    assert!(text.ends_with(", in the last of 3 attempts"), "{text}");
}

/// Notes that it runs, and returns an `Err`.
#[task]
fn refuse(log: &FileTally) -> Result<u64, String> {
    log.add();
    Err("out of paper".to_owned())
}

#[test]
fn an_err_is_never_retried() {
    let (pool, log) = (pool(1), FileTally::new());

    let call = pool.submit_with(refuse::new(&log), retries(5).retry_timeouts(true));

    assert_eq!(call.soon().unwrap(), Err("out of paper".to_owned()));
    assert_eq!(log.count(), 1);
}

/// Notes that it runs, and panics.
#[task]
fn explode(log: &FileTally) {
    log.add();
    std::panic::resume_unwind(Box::new("out of paper"));
}

#[test]
fn a_panic_is_never_retried() {
    let (pool, log) = (pool(1), FileTally::new());

    let call = pool.submit_with(explode::new(&log), retries(5).retry_timeouts(true));

    let error = call.soon().unwrap_err();
    assert_eq!(error.message(), Some("out of paper"));
    assert_eq!(error.attempts(), 1);
    assert_eq!(log.count(), 1);
}

#[test]
fn an_abort_of_a_running_call_is_never_retried() {
    let (pool, log) = (pool(1), FileTally::new());
    let options = retries(5).retry_timeouts(true).timeout(Duration::MAX);
    let call = pool.submit_with(hang_until::new(&log, usize::MAX), options);
    log.wait_for(1);

    assert!(call.abort());

    assert!(call.soon().unwrap_err().is_cancelled());
    who::submit(&pool).soon().unwrap();
    assert_eq!(log.count(), 1);
}
