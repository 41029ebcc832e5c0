//! Kills that race the calls they are meant for, and crashes that race a shutdown.

use std::{thread, time::Duration};

use concurrent_futures::{Options, Submit, TaskError, task};
use tests::{Soon, far::Death};

use crate::{
    kit::{one_worker, pool},
    race_windows::{Edge, micros, pass_time, scattered},
    tasks::{die, who},
};

/// Runs for the given time.
#[task]
fn run_for(limit: Duration) -> Duration {
    pass_time(limit);
    limit
}

/// What was said of an abort, and how its call ended.
struct Aborted {
    said: bool,
    outcome: Result<Duration, TaskError>,
}

/// Aborts calls at all moments of their life, each with three others behind it, which end well.
fn aborted(rounds: usize) -> Vec<Aborted> {
    let (pool, _) = one_worker();
    let mut edge = Edge::at(100);
    let abort = |number: u64| {
        let aimed_at = run_for::submit(&pool, micros(20));
        let next: Vec<_> = (0..3).map(|_| who::submit(&pool)).collect();
        pass_time(micros(edge.near(number)));
        let said = aimed_at.abort();
        let outcome = aimed_at.soon();
        edge.move_on(outcome.is_err());
        for call in next {
            call.soon().unwrap();
        }
        Aborted { said, outcome }
    };
    scattered().take(rounds).map(abort).collect()
}

#[test]
fn an_abort_never_hits_the_next_call() {
    let all = aborted(3_000);

    let (mut finished, mut cancelled) = (0, 0);
    for Aborted { outcome, .. } in all {
        match outcome {
            Ok(_) => finished += 1,
            Err(error) => {
                assert!(error.is_cancelled(), "{error}");
                cancelled += 1;
            }
        }
    }
    assert!(cancelled > 0 && finished > 0, "{cancelled} and {finished}");
}

#[test]
fn an_abort_says_whether_the_call_is_cancelled() {
    for Aborted { said, outcome } in aborted(1_000) {
        assert_eq!(said, outcome.is_err_and(|error| error.is_cancelled()));
    }
}

#[test]
fn the_end_of_a_time_limit_never_hits_the_next_call() {
    let (pool, _) = one_worker();
    let limit = micros(300);
    let mut edge = Edge::at(300);
    let (mut ended, mut finished) = (0, 0);

    for number in scattered().take(1_500) {
        let options = Options::new().timeout(limit);
        let limited = pool.submit_with(run_for::new(micros(edge.near(number))), options);
        let next: Vec<_> = (0..3).map(|_| who::submit(&pool)).collect();

        let outcome = limited.soon();
        edge.move_on(outcome.is_ok());
        match outcome {
            Ok(_) => finished += 1,
            Err(error) => {
                assert!(error.is_timed_out(), "{error}");
                ended += 1;
            }
        }
        for call in next {
            call.soon().unwrap();
        }
    }

    assert!(ended > 0 && finished > 0, "{ended} and {finished}");
}

#[test]
fn a_shutdown_that_races_a_crash_ends_cleanly() {
    for number in scattered().take(1_000) {
        let pool = pool(1);
        let call = die::submit(&pool, Death::Exit(0));
        pass_time(micros(number % 3_000));
        match number % 4 {
            0 => drop(pool),
            1 => drop(pool.into_inner().shutdown_cancelling()),
            2 => pool.into_inner().shutdown_detached(),
            _ => pool.close(),
        }

        let error = call.soon().unwrap_err();

        assert!(error.is_worker_lost() || error.is_cancelled(), "{error}");
    }
}

#[test]
fn callers_of_many_threads_race_crashes() {
    let pool = pool(2);

    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..200_u64 {
                    let deadly = round
                        .is_multiple_of(10)
                        .then(|| die::submit(&pool, Death::Kill));
                    let sound = run_for::submit(&pool, micros(round));
                    assert_eq!(sound.soon().unwrap(), micros(round));
                    if let Some(deadly) = deadly {
                        assert!(deadly.soon().unwrap_err().is_worker_lost());
                    }
                }
            });
        }
    });
}
