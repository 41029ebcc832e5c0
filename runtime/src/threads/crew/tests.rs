//! Each move of a crew, one at a time.

use super::*;

/// A crew of `workers`, all of them working.
fn crew(workers: usize) -> Crew {
    let crew = Crew::default();
    for _ in 0..workers {
        assert_eq!(crew.call(workers, |_| true), Called::New);
    }
    (0..workers).for_each(|_| crew.arrive());
    crew
}

#[test]
fn no_more_are_hired_than_may_be() {
    let crew = crew(2);

    assert_eq!(crew.call(2, |_| true), Called::None);

    assert_eq!(crew.threads(), 2);
}

#[test]
fn none_is_hired_for_a_job_that_one_who_comes_will_take() {
    let (crew, pending) = (Crew::default(), 2);
    let call = || crew.call(5, |coming| pending > coming);

    assert_eq!(
        [call(), call(), call()],
        [Called::New, Called::New, Called::None]
    );

    crew.arrive();
    assert_eq!(call(), Called::New, "one of them took another job");
}

#[test]
fn a_worker_that_goes_on_to_a_job_counts_as_coming() {
    let crew = crew(1);

    crew.come();

    assert_eq!(crew.call(2, |coming| 1 > coming), Called::None);
}

#[test]
fn a_worker_that_arrives_takes_off_one_that_comes_before_an_idle_one() {
    let crew = crew(2);
    crew.announce();
    crew.announce();
    assert_eq!(crew.call(2, |_| true), Called::Idle);

    crew.arrive();

    assert_eq!(crew.coming(), 0, "the one that came was taken off");
    assert_eq!(
        crew.call(2, |_| true),
        Called::Idle,
        "the other one is idle"
    );
}

#[test]
fn a_worker_that_was_called_does_not_leave() {
    let crew = crew(1);
    crew.announce();
    assert_eq!(crew.call(1, |_| true), Called::Idle);

    assert!(!crew.leave());

    assert_eq!((crew.coming(), crew.threads()), (1, 1));
}

#[test]
fn an_idle_worker_leaves_and_counts_no_more() {
    let crew = crew(1);
    crew.announce();

    assert!(crew.leave());

    assert_eq!((crew.threads(), crew.coming()), (0, 0));
    assert!(!crew.leave());
}

#[test]
fn a_worker_that_never_came_counts_no_more() {
    let crew = crew(1);
    assert_eq!(crew.call(2, |_| true), Called::New);

    crew.dismiss();

    assert_eq!((crew.threads(), crew.coming()), (1, 0));
}

#[test]
fn a_worker_that_came_for_nothing_is_idle() {
    let crew = Crew::default();
    assert_eq!(crew.call(1, |_| true), Called::New);

    crew.settle_down();

    assert_eq!(crew.call(1, |_| true), Called::Idle);
}

#[test]
fn one_worker_searches_at_a_time() {
    let crew = crew(2);

    assert!(crew.search());
    assert!(!crew.search());

    crew.found();
    assert!(crew.search());
}

#[test]
fn a_searcher_that_gives_up_is_idle() {
    let crew = crew(1);
    crew.search();
    assert_eq!(crew.call(2, |_| true), Called::None);

    crew.give_up();

    assert_eq!(crew.call(2, |_| true), Called::Idle);
}

#[test]
fn a_push_needs_a_worker_unless_one_searches_or_all_work() {
    let crew = crew(2);
    assert!(!crew.needs_worker(2), "all work");
    assert!(crew.needs_worker(3), "there may be one more");

    crew.announce();
    assert!(crew.needs_worker(2), "one is idle");

    assert_eq!(crew.call(2, |_| true), Called::Idle);
    assert!(!crew.needs_worker(2), "the one that was woken comes");

    crew.search();
    assert!(!crew.needs_worker(3), "one searches");

    crew.set(CLOSED);
    assert!(
        crew.needs_worker(2),
        "a worker has to look after the closing pool"
    );
}
