//! Each move of the counts, one at a time.

use super::*;

/// The counts of `workers`, all of them working.
fn counts_of(workers: usize) -> WorkerCounts {
    let counts = WorkerCounts::default();
    for _ in 0..workers {
        assert_eq!(counts.reserve_worker(workers, |_| true), WakeAction::Spawn);
    }
    (0..workers).for_each(|_| counts.mark_working());
    counts
}

#[test]
fn no_more_are_hired_than_may_be() {
    let counts = counts_of(2);

    assert_eq!(counts.reserve_worker(2, |_| true), WakeAction::None);

    assert_eq!(counts.threads(), 2);
}

#[test]
fn none_is_hired_for_a_job_that_one_who_comes_will_take() {
    let (counts, pending) = (WorkerCounts::default(), 2);
    let call = || counts.reserve_worker(5, |coming| pending > coming);

    assert_eq!(
        [call(), call(), call()],
        [WakeAction::Spawn, WakeAction::Spawn, WakeAction::None]
    );

    counts.mark_working();
    assert_eq!(call(), WakeAction::Spawn, "one of them took another job");
}

#[test]
fn a_worker_that_goes_on_to_a_job_counts_as_coming() {
    let counts = counts_of(1);

    counts.mark_coming();

    assert_eq!(
        counts.reserve_worker(2, |coming| 1 > coming),
        WakeAction::None
    );
}

#[test]
fn a_worker_that_arrives_takes_off_one_that_comes_before_an_idle_one() {
    let counts = counts_of(2);
    counts.mark_idle();
    counts.mark_idle();
    assert_eq!(counts.reserve_worker(2, |_| true), WakeAction::Notify);

    counts.mark_working();

    assert_eq!(counts.coming(), 0, "the one that came was taken off");
    assert_eq!(
        counts.reserve_worker(2, |_| true),
        WakeAction::Notify,
        "the other one is idle"
    );
}

#[test]
fn a_worker_that_was_called_does_not_leave() {
    let counts = counts_of(1);
    counts.mark_idle();
    assert_eq!(counts.reserve_worker(1, |_| true), WakeAction::Notify);

    assert!(!counts.remove_idle());

    assert_eq!((counts.coming(), counts.threads()), (1, 1));
}

#[test]
fn an_idle_worker_leaves_and_counts_no_more() {
    let counts = counts_of(1);
    counts.mark_idle();

    assert!(counts.remove_idle());

    assert_eq!((counts.threads(), counts.coming()), (0, 0));
    assert!(!counts.remove_idle());
}

#[test]
fn a_worker_that_never_came_counts_no_more() {
    let counts = counts_of(1);
    assert_eq!(counts.reserve_worker(2, |_| true), WakeAction::Spawn);

    counts.remove_coming();

    assert_eq!((counts.threads(), counts.coming()), (1, 0));
}

#[test]
fn a_worker_that_came_for_nothing_is_idle() {
    let counts = WorkerCounts::default();
    assert_eq!(counts.reserve_worker(1, |_| true), WakeAction::Spawn);

    counts.coming_to_idle();

    assert_eq!(counts.reserve_worker(1, |_| true), WakeAction::Notify);
}

#[test]
fn one_worker_searches_at_a_time() {
    let counts = counts_of(2);

    assert!(counts.search());
    assert!(!counts.search());

    counts.found();
    assert!(counts.search());
}

#[test]
fn a_searcher_that_gives_up_is_idle() {
    let counts = counts_of(1);
    counts.search();
    assert_eq!(counts.reserve_worker(2, |_| true), WakeAction::None);

    counts.searching_to_idle();

    assert_eq!(counts.reserve_worker(2, |_| true), WakeAction::Notify);
}

#[test]
fn a_push_needs_a_worker_unless_one_searches_or_all_work() {
    let counts = counts_of(2);
    assert!(!counts.needs_worker(2), "all work");
    assert!(counts.needs_worker(3), "there may be one more");

    counts.mark_idle();
    assert!(counts.needs_worker(2), "one is idle");

    assert_eq!(counts.reserve_worker(2, |_| true), WakeAction::Notify);
    assert!(!counts.needs_worker(2), "the one that was woken comes");

    counts.search();
    assert!(!counts.needs_worker(3), "one searches");

    counts.set(CLOSED);
    assert!(
        counts.needs_worker(2),
        "a worker has to look after the closing pool"
    );
}
