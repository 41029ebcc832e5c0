//! What a pool may be limited by: a bound, an initializer that fails, threads that leave when idle.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use shuttle::{sync::Barrier, thread};

use super::kit::{
    Outcome, Prepare, Setup, Tested, count, ended, model, on_each_pool, pool, submit, submit_work,
};
use crate::{Submit, ThreadPool, task::Closure};

on_each_pool!(
    submitters_wait_for_a_place_and_get_it,
    a_cancel_makes_place_for_who_waits,
    a_call_that_runs_takes_no_place,
    closing_lets_in_who_waits_for_a_place,
    closing_lets_in_who_holds_up_the_running_call,
    a_worker_goes_beyond_the_bound,
    a_refused_call_comes_back_and_no_other,
    an_initializer_that_fails_fails_every_call,
    an_initializer_that_fails_on_the_only_worker_fails_every_call,
    an_initializer_that_fails_lets_in_who_waits_for_a_place,
    an_initializer_that_fails_once_fails_or_runs_each_call,
);

/// A pool of one worker, with a bound of `pending` calls.
fn bounded<P: Tested>(pending: usize) -> P {
    P::build(Setup {
        workers: 1,
        bound: Some(pending),
        ..Setup::default()
    })
}

fn submitters_wait_for_a_place_and_get_it<P: Tested>() {
    let pool = bounded::<P>(1);

    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| count([submit(&pool), submit(&pool)], &[Outcome::Ran]));
        }
    });

    pool.shutdown();
}

fn a_cancel_makes_place_for_who_waits<P: Tested>() {
    let pool = bounded::<P>(1);
    let calls = [submit(&pool), submit(&pool)];
    let canceller = calls[1].future.canceller();
    let other = thread::spawn(move || canceller.cancel());

    let last = submit(&pool);

    count(calls, &[Outcome::Cancelled, Outcome::Ran]);
    count([last], &[Outcome::Ran]);
    other.join().expect("no panic");
    pool.shutdown();
}

fn a_call_that_runs_takes_no_place<P: Tested>() {
    let pool = bounded::<P>(1);
    let meeting = Arc::new(Barrier::new(2));
    let meet = meeting.clone();
    let first = submit_work(&pool, move || {
        meet.wait();
    });

    let second = submit(&pool);
    meeting.wait();

    count([first, second], &[Outcome::Ran]);
    pool.shutdown();
}

fn closing_lets_in_who_waits_for_a_place<P: Tested>() {
    let pool = bounded::<P>(1);

    let calls = thread::scope(|scope| {
        let submitters = [(); 2].map(|()| scope.spawn(|| [submit(&pool), submit(&pool)]));
        pool.close();
        submitters.map(|submitter| submitter.join().expect("no panic"))
    });
    pool.shutdown();

    for calls in calls {
        ended(calls, &[Outcome::Ran, Outcome::Refused]);
    }
}

fn closing_lets_in_who_holds_up_the_running_call<P: Tested>() {
    let pool = bounded::<P>(1);
    let meeting = Arc::new(Barrier::new(2));
    let meet = meeting.clone();

    let calls = thread::scope(|scope| {
        let submitter = scope.spawn(|| {
            let first = submit_work(&pool, move || {
                meet.wait();
            });
            // The second has the only place until the first has ended, so the third waits.
            let others = [submit(&pool), submit(&pool)];
            if !first.has_ended() {
                meeting.wait();
            }
            (first, others)
        });
        pool.close();
        submitter.join().expect("no panic")
    });
    pool.shutdown();

    ended([calls.0], &[Outcome::Ran, Outcome::Refused]);
    ended(calls.1, &[Outcome::Ran, Outcome::Refused]);
}

fn a_worker_goes_beyond_the_bound<P: Tested>() {
    let pool = Arc::new(bounded::<P>(1));
    let inside = pool.clone();
    let outer = submit_work(&*pool, move || {
        count([submit(&*inside), submit(&*inside)], &[Outcome::Ran]);
    });
    let beside = submit(&*pool);

    count([outer, beside], &[Outcome::Ran]);
}

fn a_refused_call_comes_back_and_no_other<P: Tested>() {
    let pool = bounded::<P>(1);

    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| match pool.try_submit(Closure(|| 1)) {
                Ok(future) => assert_eq!(future.result().ok(), Some(1)),
                Err(full) => assert_eq!((full.into_call().0)(), 1),
            });
        }
    });

    pool.shutdown();
}

fn an_initializer_that_fails_fails_every_call<P: Tested>() {
    let pool = P::build(Setup {
        workers: 2,
        initializer: Some(Box::new(|| Err("no licence"))),
        ..Setup::default()
    });

    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| count([submit(&pool), submit(&pool)], &[Outcome::Broken]));
        }
    });

    pool.shutdown();
}

fn an_initializer_that_fails_on_the_only_worker_fails_every_call<P: Tested>() {
    let pool = P::build(Setup {
        workers: 1,
        initializer: Some(Box::new(|| Err("no licence"))),
        ..Setup::default()
    });

    count([(); 3].map(|()| submit(&pool)), &[Outcome::Broken]);

    pool.shutdown();
}

fn an_initializer_that_fails_lets_in_who_waits_for_a_place<P: Tested>() {
    let pool = P::build(Setup {
        workers: 1,
        bound: Some(1),
        initializer: Some(Box::new(|| Err("no licence"))),
    });

    count([(); 3].map(|()| submit(&pool)), &[Outcome::Broken]);

    pool.shutdown();
}

/// Fails the first time.
fn failing_once() -> Prepare {
    let has_failed = AtomicBool::new(false);
    Box::new(move || {
        thread::yield_now();
        if has_failed.swap(true, Ordering::SeqCst) {
            Ok(())
        } else {
            Err("no licence")
        }
    })
}

fn an_initializer_that_fails_once_fails_or_runs_each_call<P: Tested>() {
    let pool = P::build(Setup {
        workers: 2,
        initializer: Some(failing_once()),
        ..Setup::default()
    });

    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                count(
                    [submit(&pool), submit(&pool)],
                    &[Outcome::Broken, Outcome::Ran],
                )
            });
        }
    });

    pool.shutdown();
}

/// A pool whose workers leave as soon as they are idle.
fn leaving_when_idle(workers: usize) -> ThreadPool {
    let builder = ThreadPool::builder().workers(workers);
    let pool = builder.idle_timeout(Duration::from_millis(1)).build();
    pool.expect("the settings make sense")
}

#[test]
fn a_thread_that_leaves_when_idle_takes_no_wake_along() {
    model(|| {
        let pool = leaving_when_idle(1);

        for _ in 0..4 {
            count([submit(&pool)], &[Outcome::Ran]);
        }

        pool.shutdown();
    });
}

#[test]
fn threads_that_leave_when_idle_leave_no_call() {
    model(|| {
        let pool = leaving_when_idle(2);

        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    count([submit(&pool)], &[Outcome::Ran]);
                    count([submit(&pool), submit(&pool)], &[Outcome::Ran]);
                });
            }
        });

        pool.shutdown();
    });
}

#[test]
fn a_pool_has_as_many_threads_as_it_may_and_none_when_it_has_left() {
    model(|| {
        let pool = pool::<ThreadPool>(2);
        let calls = [(); 3].map(|()| submit(&pool));

        assert!(pool.threads() <= 2);
        drop(crate::exit::Guard::new());

        assert_eq!(pool.threads(), 0);
        ended(calls, &[Outcome::Ran]);
    });
}
